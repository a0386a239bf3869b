import { readFile } from 'node:fs/promises';
import type { ModelSource, TensorInfo } from '@aiwork/core';
import { readOnnxValues } from '@aiwork/onnx-format';
import type { Described } from './messages.ts';

const isEmpty = ({ shape }: TensorInfo): boolean => shape?.length === 0;

/**
 * The engine says of a value of open rank what it says of a scalar. Where it may be either, which is rare, the file is asked.
 */
export async function withOpenShapes(described: Described, source: ModelSource): Promise<Described> {
  const { inputs, outputs } = described;
  if (![...inputs, ...outputs].some(isEmpty)) return described;
  const bytes = 'path' in source ? await readFile(source.path) : source.model;
  const values = readOnnxValues(bytes);
  const open = (infos: readonly TensorInfo[], declared: readonly TensorInfo[]): TensorInfo[] => {
    const openNames = new Set(declared.filter(({ shape }) => shape === undefined).map(({ name }) => name));
    return infos.map((info) =>
      isEmpty(info) && openNames.has(info.name) ? { name: info.name, type: info.type } : info,
    );
  };
  return { inputs: open(inputs, values.inputs), outputs: open(outputs, values.outputs) };
}
