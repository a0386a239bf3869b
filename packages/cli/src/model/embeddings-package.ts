import type * as embeddings from '@aiwork/embeddings';
import type * as onnxruntime from '@aiwork/onnxruntime';
import { findPackage } from '../optional-package.ts';
import { UsageError } from '../usage-error.ts';

export type EmbeddingsPackage = Pick<typeof embeddings, 'convertModel'>;
export type OnnxRuntimePackage = Pick<typeof onnxruntime, 'createOnnxRuntime'>;

/** Packages are looked for as a file of this folder would import them. */
const here = ['aiwork.js'];

/** @throws `AIWORK_USAGE` saying how to install it when it is not there. */
export async function embeddingsPackage(): Promise<EmbeddingsPackage> {
  return import(installed('@aiwork/embeddings'));
}

/** @throws `AIWORK_USAGE` saying how to install it when it is not there. */
export async function onnxRuntimePackage(): Promise<OnnxRuntimePackage> {
  return import(installed('@aiwork/onnxruntime'));
}

function installed(name: string): string {
  const url = findPackage(name, here);
  if (url === undefined) throw new UsageError(`${name} is not installed`, { hint: `npm install ${name}` });
  return url;
}
