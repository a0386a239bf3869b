import type * as openvino from '@aiwork/openvino';
import { findPackage } from '../optional-package.ts';
import { UsageError } from '../usage-error.ts';

export type OpenvinoPackage = Pick<typeof openvino, 'installOpenvino' | 'openvinoStatus' | 'quantizeModel'>;

/**
 * The package that runs models on OpenVINO, looked for as a file of this folder would import it.
 *
 * @throws `AIWORK_USAGE` saying how to install it when it is not there.
 */
export async function openvinoPackage(): Promise<OpenvinoPackage> {
  const url = findPackage('@aiwork/openvino', ['aiwork.js']);
  if (url === undefined) {
    throw new UsageError('@aiwork/openvino is not installed', { hint: 'npm install @aiwork/openvino' });
  }
  return import(url);
}
