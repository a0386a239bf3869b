import type { Settings } from '../options.ts';
import { codesKindOf, type StoredVectors } from '../vectors/vector-table.ts';
import type { ColumnFile } from './columns.ts';
import { wrongContent } from './damage.ts';
import type { SavedVectors } from './snapshot-header.ts';
import type { StoredStrings } from './stored-strings.ts';

/** Vectors in a file, and whose they are. */
export type VectorsInFile = Omit<StoredVectors, 'codes'>;

/** @throws AiworkError `AIWORK_CORRUPT_DATA` when they are none. */
export function vectorsIn(
  file: ColumnFile<unknown>,
  {
    dimensions,
    ids,
    what,
  }: { readonly dimensions: number; readonly ids: StoredStrings; readonly what: string },
): VectorsInFile {
  const numbers = file.singles('vectors');
  const owners = file.words('vectors.owners');
  if (numbers.length !== owners.length * dimensions || !areFinite(numbers)) throw wrongContent(what);
  let next = 0;
  const idOf = (owner: number): string => {
    if (owner < next || owner >= ids.size) throw wrongContent(what);
    next = owner + 1;
    return ids.at(owner);
  };
  return { ids: Array.from(owners, idOf), numbers };
}

/** Whether their codes are those that would be made of them now. */
export function haveCodes(saved: SavedVectors, { vectors }: Settings): boolean {
  return (
    vectors !== undefined && saved.similarity === vectors.similarity && saved.codes === codesKindOf(vectors)
  );
}

function areFinite(numbers: Float32Array): boolean {
  // Not `every`, which takes ten times as long for the millions that there are.
  for (let i = 0; i < numbers.length; i += 1) if (!Number.isFinite(numbers[i])) return false;
  return true;
}
