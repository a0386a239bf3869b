import type { ModelRuntime } from '@aiwork/core';
import type { Contract } from '../../engine/contract.ts';
import { damaged } from './damaged.ts';
import { ending } from './ending.ts';
import { inference } from './inference.ts';
import { loading } from './loading.ts';
import { options } from './options.ts';
import { refusals } from './refusals.ts';
import { secrets } from './secrets.ts';
import { tensors } from './tensors.ts';

/** What every `ModelRuntime` has to do. @since 0.1.0 */
export const modelRuntimeContract: Contract<ModelRuntime> = {
  id: 'model-runtime',
  version: '1.0',
  adapter: 'ModelRuntime',
  groups: [loading, damaged, options, tensors, refusals, inference, ending, secrets],
};
