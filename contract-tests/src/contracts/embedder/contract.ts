import type { Embedder } from '@aiwork/core';
import type { Contract } from '../../engine/contract.ts';
import { ending } from './ending.ts';
import { limits } from './limits.ts';
import { secrets } from './secrets.ts';
import { texts } from './texts.ts';
import { vectors } from './vectors.ts';

/** What every `Embedder` has to do. @since 0.1.0 */
export const embedderContract: Contract<Embedder> = {
  id: 'embedder',
  version: '1.0',
  adapter: 'Embedder',
  groups: [vectors, texts, limits, ending, secrets],
};
