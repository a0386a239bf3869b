import type { MemoryDoc } from '@aiwork/core';
import { admitDoc } from '../admission.ts';
import type { StoredDocs } from '../doc-column.ts';
import type { StoredSegment } from '../segment.ts';
import type { ColumnFile } from './columns.ts';
import { wrongContent } from './damage.ts';
import { type StoredStrings, storedStrings } from './stored-strings.ts';

/** Whether each of the numbers is no smaller than the one before, and the last is this one. */
function endsAt(ends: ArrayLike<number>, last: number): boolean {
  for (let i = 1; i < ends.length; i += 1) if ((ends[i] as number) < (ends[i - 1] as number)) return false;
  return (ends.length === 0 ? 0 : ends[ends.length - 1]) === last;
}

function stringsIn(file: ColumnFile<unknown>, name: string, what: string): StoredStrings {
  const units = file.halves(`${name}.units`);
  const ends = file.words(`${name}.ends`);
  const slots = file.words(`${name}.slots`);
  const isPowerOfTwo = slots.length > 0 && (slots.length & (slots.length - 1)) === 0;
  if (!endsAt(ends, units.length) || !isPowerOfTwo) throw wrongContent(what);
  return storedStrings({ units, ends, slots });
}

function docsIn(file: ColumnFile<unknown>, ids: StoredStrings, what: string): StoredDocs {
  const all = file.bytes('docs.json');
  const ends = file.doubles('docs.ends');
  if (ends.length !== ids.size || !endsAt(ends, all.length)) throw wrongContent(what);
  const json = (ordinal: number): Buffer =>
    Buffer.from(all.buffer, all.byteOffset, all.length).subarray(ends[ordinal - 1] ?? 0, ends[ordinal]);
  return {
    length: ends.length,
    json,
    decode(ordinal) {
      try {
        const [text, metadata]: [string, MemoryDoc['metadata']] = JSON.parse(json(ordinal).toString());
        const doc = { id: ids.at(ordinal), text, ...(metadata !== undefined && { metadata }) };
        return admitDoc(doc, 'the document', { maxTextBytes: Number.POSITIVE_INFINITY }).doc;
      } catch (cause) {
        throw wrongContent(what, cause);
      }
    },
  };
}

/** `prefix`: of the ids. `isSameRanking`: what the ranking of then knew of documents is what the one of now would. */
export function storedSegmentIn(
  file: ColumnFile<unknown>,
  {
    prefix,
    isSameRanking,
    what,
  }: { readonly prefix: string; readonly isSameRanking: boolean; readonly what: string },
): StoredSegment {
  const vocabulary = stringsIn(file, 'words', what);
  const ids = stringsIn(file, 'ids', what);
  const keys = file.doubles('ids.keys');
  const docs = docsIn(file, ids, what);
  const postings = {
    ends: file.words('postings.ends'),
    ordinals: file.words('postings.ordinals'),
    frequencies: file.bytes('postings.frequencies'),
    wide: file.words('postings.wide'),
  };
  const statistics = file.doubles('statistics');
  const lengths = file.words('lengths');
  const entries = {
    ends: file.words('entries.ends'),
    terms: file.words('entries.terms'),
    frequencies: file.bytes('entries.frequencies'),
  };
  const fits =
    [keys, statistics, lengths, entries.ends].every(({ length }) => length === ids.size) &&
    postings.ends.length === vocabulary.size &&
    postings.ordinals.length === postings.frequencies.length &&
    entries.terms.length === entries.frequencies.length &&
    endsAt(postings.ends, postings.ordinals.length) &&
    endsAt(entries.ends, entries.terms.length);
  if (!fits) throw wrongContent(what);
  return {
    words: vocabulary,
    idOrder: { ids, keys, prefix },
    docs,
    postings,
    statistics: isSameRanking ? statistics : undefined,
    lengths,
    entries,
  };
}
