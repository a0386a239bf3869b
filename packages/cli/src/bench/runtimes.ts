import type { ModelRuntime } from '@aiwork/core';
import type { createOnnxRuntime } from '@aiwork/onnxruntime';
import type { createOpenvinoRuntime } from '@aiwork/openvino';
import { findPackage } from '../optional-package.ts';
import { UsageError } from '../usage-error.ts';

export const runtimeNames = ['onnxruntime', 'openvino'] as const;
export type RuntimeName = (typeof runtimeNames)[number];

export interface FoundRuntime {
  readonly name: RuntimeName;
  /** Of the package, to be imported. */
  readonly url: string;
}

/** Packages are looked for as a file of this folder would import them. */
const here = ['aiwork.js'];

/**
 * Those that are asked for, or all that are installed.
 *
 * @throws `AIWORK_USAGE` saying how to install what is not there.
 */
export function findRuntimes(asked: readonly RuntimeName[] | undefined): readonly FoundRuntime[] {
  const found = (asked ?? runtimeNames).flatMap((name) => {
    const url = findPackage(`@aiwork/${name}`, here);
    if (url !== undefined) return [{ name, url }];
    if (asked === undefined) return [];
    throw new UsageError(`@aiwork/${name} is not installed`, { hint: `npm install @aiwork/${name}` });
  });
  if (found.length > 0) return found;
  throw new UsageError('no runtime is installed', { hint: 'npm install @aiwork/onnxruntime' });
}

type Exports = {
  readonly createOnnxRuntime?: typeof createOnnxRuntime;
  readonly createOpenvinoRuntime?: typeof createOpenvinoRuntime;
};

export async function openRuntime({ name, url }: FoundRuntime): Promise<ModelRuntime> {
  const exports: Exports = await import(url);
  const open = name === 'onnxruntime' ? exports.createOnnxRuntime : exports.createOpenvinoRuntime;
  if (open === undefined) throw new UsageError(`the @aiwork/${name} that is installed is of another version`);
  return open();
}
