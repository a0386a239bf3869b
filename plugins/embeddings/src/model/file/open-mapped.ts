import type { CallOptions } from '@aiwork/core';
import { checkSums } from './check-sums.ts';
import { partsOfFile } from './file-parts.ts';
import { type MappedSource, mappedSource } from './mapped-source.ts';
import type { ModelHeader } from './model-format.ts';
import { readModel } from './read-model.ts';

/** A model for an engine that maps its file, which is open until it is disposed of. */
export interface MappedModel extends ModelHeader, AsyncDisposable {
  /** What is in the model's `tokenizer.json`. */
  readonly tokenizer: string;
  /** For an engine that maps the weights. */
  source(): MappedSource;
  /**
   * Compares the checksums of the tensors: for while an engine loads the model, since that takes longer.
   *
   * @throws `AIWORK_MODEL_UNREADABLE` if one is not what was written.
   */
  check(): Promise<void>;
}

/**
 * Reads what a model file has but for its tensors, so that an engine can begin at once.
 *
 * @throws `AIWORK_MODEL_UNREADABLE` as `openModel` does.
 */
export async function openMapped(path: string, { signal }: CallOptions): Promise<MappedModel> {
  const parts = await partsOfFile(path, signal);
  const file = { parts, path, signal };
  const close = () => parts[Symbol.asyncDispose]();
  try {
    const { header, tokenizer, tensors, rows } = await readModel(file);
    return {
      ...header,
      tokenizer,
      source: () => mappedSource(path, header, tensors),
      check: () => checkSums(file, rows),
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
