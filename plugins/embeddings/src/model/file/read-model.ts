import { unreadable } from '../model-error.ts';
import { type ModelTensorInfo, tensorBytes } from '../model-tensor.ts';
import { checkSum } from './check-sums.ts';
import type { OpenFile } from './file-parts.ts';
import type { ModelHeader } from './model-format.ts';
import { type ModelRow, readRows, textOf } from './read-rows.ts';

/** A tensor, and where in the file its bytes are. */
export interface FoundTensor extends ModelTensorInfo {
  readonly offset: number;
  readonly length: number;
}

/** What a model file has but for the bytes of its tensors. */
export interface FoundModel {
  readonly header: ModelHeader;
  readonly tokenizer: string;
  readonly tensors: ReadonlyMap<string, FoundTensor>;
  /** Those of tensors, whose checksums are still to be compared. */
  readonly rows: readonly ModelRow[];
}

/** @throws `AIWORK_MODEL_UNREADABLE` naming the file. */
export async function readModel(file: OpenFile): Promise<FoundModel> {
  const { parts, path } = file;
  const { header, rows } = await readRows(file);
  const tensors = new Map<string, FoundTensor>();
  const ofTensors: ModelRow[] = [];
  let tokenizer: string | undefined;
  for (const row of rows) {
    const { name, type, data } = row;
    if (type === 'text') {
      const bytes = await parts.read(data.start, data.length);
      checkSum(row, bytes, path);
      if (name === 'tokenizer.json') tokenizer = textOf(bytes);
      continue;
    }
    tensors.set(name, foundTensor(row, path));
    ofTensors.push(row);
  }
  if (tokenizer === undefined) throw unreadable(`${path} has no tokenizer: it was not written here`);
  return { header, tokenizer, tensors, rows: ofTensors };
}

function foundTensor({ name, type, shape, data }: ModelRow, path: string): FoundTensor {
  if (type !== 'float32' && type !== 'float16' && type !== 'int8' && type !== 'uint8') {
    throw unreadable(`${path}: ${name} is of type ${type}, which is not known`);
  }
  const bytes = tensorBytes({ type, shape });
  if (bytes === data.length) return { name, type, shape, offset: data.start, length: data.length };
  throw unreadable(`${path}: ${name} has ${data.length} bytes, and ${bytes} by its shape`);
}
