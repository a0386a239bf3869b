import { AiworkError } from '@aiwork/core';
import { invalidArgument } from '@aiwork/core/adapter-kit';

/** What a memory is made for, once: by other vectors it would find something else. */
export interface Making {
  /** 0 without vectors. */
  readonly dimensions: number;
  /** Which model makes the vectors; empty where that is not known. */
  readonly model: string;
}

/** What Redis says of it; empty strings where nothing was written yet. */
export type StoredMaking = readonly [format: string, dimensions: string, model: string];

const format = '1';

export const storedMaking = ({ dimensions, model }: Making): StoredMaking => [format, `${dimensions}`, model];

/**
 * @throws AiworkError `AIWORK_INVALID_ARGUMENT` when it was made for something else, `AIWORK_STORE_FAILED` when a newer
 * release made it.
 */
export function checkMaking(where: string, wanted: Making, stored: StoredMaking): void {
  const [known, dimensions, model] = stored;
  if (known === '') return;
  if (known !== format)
    throw new AiworkError(
      'AIWORK_STORE_FAILED',
      `the memory in ${where} has format ${JSON.stringify(known)}, and this release of @aiwork/redis-memory knows ${format}: install a newer one`,
      { outcome: 'not-applied' },
    );
  const isOther = model !== '' && wanted.model !== '' && model !== wanted.model;
  if (Number(dimensions) === wanted.dimensions && !isOther) return;
  const vectors = (count: number, by: string) =>
    count === 0 ? 'no vectors' : `vectors of ${count} numbers${by === '' ? '' : ` by ${JSON.stringify(by)}`}`;
  throw invalidArgument(
    `the memory in ${where} was made with ${vectors(Number(dimensions), model)}, and is opened with ${vectors(wanted.dimensions, wanted.model)}: use another namespace for another model`,
  );
}
