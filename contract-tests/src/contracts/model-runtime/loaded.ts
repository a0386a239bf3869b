import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoadedModel, ModelRuntime, Tensor } from '@aiwork/core';
import { sameTensor, type Tolerance } from './agrees-with.ts';
import { floats, layerOf } from './models.ts';

/** So much may engines differ that add up in another order. */
export const rounding: Tolerance = { absolute: 1e-5, relative: 1e-5 };

/** Bit for bit. */
export const exactly: Tolerance = { absolute: 0 };

/** The contract's models are ONNX files. */
export const withOnnx = ({ formats }: ModelRuntime['capabilities']): true | string =>
  formats.includes('onnx') || 'it does not load ONNX files, of which the models of this contract are';

/** A folder with these files, for as long as the work takes. */
export async function inFolder<T>(
  files: Readonly<Record<string, Uint8Array>>,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'aiwork-models-'));
  try {
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Four numbers that are another row for each `n`. */
export const rowOf = (n: number): readonly number[] => [n, 1 - n, n / 4, 2];

/** The `layer` of a model has to make of the rows what arithmetic does. */
export async function infersLayer(
  model: LoadedModel,
  what: string,
  ns: readonly number[] = [1, 2],
): Promise<void> {
  const { y } = await model.infer({ x: floats([ns.length, 4], ...ns.flatMap(rowOf)) });
  sameLayer(y, ns, what);
}

/** What has been inferred from the rows. */
export function sameLayer(y: Tensor | undefined, ns: readonly number[], what: string): void {
  const expected = floats([ns.length, 2], ...ns.flatMap((n) => layerOf(rowOf(n))));
  sameTensor(y, expected, rounding, what);
}
