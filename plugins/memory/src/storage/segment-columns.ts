import { idKeysOf } from '../id-order.ts';
import { type PostingList, wideFrequency } from '../postings.ts';
import type { Segment } from '../segment.ts';
import type { Column } from './columns.ts';
import { stringColumnsOf } from './stored-strings.ts';

const pieceLength = 1 << 16;

/** What of a segment is written down, under the numbers that it has there: neither dead documents nor unused words. */
export interface Living {
  readonly ordinals: readonly number[];
  readonly ids: readonly string[];
  readonly prefix: string;
  readonly keys: Float64Array;
  readonly terms: readonly number[];
}

export function livingOf({ docs, statistics, vocabulary, documentFrequency, idOrder }: Segment): Living {
  const ordinals = numbers(docs.length).filter((ordinal) => !Number.isNaN(statistics[ordinal]));
  const ids = ordinals.map(idOrder.id);
  const terms = numbers(vocabulary.size).filter((term) => documentFrequency(term) > 0);
  return { ordinals, ids, ...idKeysOf(ids), terms };
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** For each number its place in the list, for those that are in it. */
function placesIn(list: readonly number[], length: number): Uint32Array {
  const places = new Uint32Array(length);
  for (const [place, number] of list.entries()) places[number] = place;
  return places;
}

/** Numbers in pieces, of as many lists as there are. */
function* piecesOf<T extends Uint32Array | Uint8Array>(
  create: (length: number) => T,
  lists: Iterable<ArrayLike<number>>,
): Generator<T> {
  let piece = create(pieceLength);
  let used = 0;
  for (const list of lists) {
    for (let i = 0; i < list.length; i += 1) {
      piece[used] = list[i] as number;
      used += 1;
      if (used < pieceLength) continue;
      yield piece;
      piece = create(pieceLength);
      used = 0;
    }
  }
  yield piece.subarray(0, used) as T;
}

const words = (length: number) => new Uint32Array(length);
const bytes = (length: number) => new Uint8Array(length);
const narrow = (frequency: number): number => Math.min(frequency, wideFrequency);

function* stringColumns(name: string, strings: readonly string[]): Generator<Column> {
  const { units, ends, slots } = stringColumnsOf(strings);
  yield [`${name}.units`, [units]];
  yield [`${name}.ends`, [ends]];
  yield [`${name}.slots`, [slots]];
}

/**
 * The columns of a segment, which must not change until the last of them was taken. Some are known only when one before them
 * was: whoever takes them goes through each before the next.
 */
export function* segmentColumns(segment: Segment, living: Living): Generator<Column> {
  const { ordinals, ids, keys, terms } = living;
  const { postings, statistics, vocabulary } = segment;
  const ordinalPlaces = placesIn(ordinals, segment.docs.length);
  const termPlaces = placesIn(terms, vocabulary.size);
  yield* stringColumns('words', terms.map(vocabulary.word));
  yield* stringColumns('ids', ids);
  yield ['ids.keys', [keys]];

  const docEnds = new Float64Array(ordinals.length);
  function* docs() {
    let end = 0;
    for (const [place, ordinal] of ordinals.entries()) {
      const json = segment.docs.json(ordinal);
      end += json.length;
      docEnds[place] = end;
      yield json;
    }
  }
  yield ['docs.json', docs()];
  yield ['docs.ends', [docEnds]];
  yield ['statistics', [Float64Array.from(ordinals, (ordinal) => statistics[ordinal] as number)]];

  const entryEnds = new Uint32Array(ordinals.length);
  const lengths = new Uint32Array(ordinals.length);
  const wide: number[] = [];
  function* entryTerms() {
    let end = 0;
    for (const [place, ordinal] of ordinals.entries()) {
      const entry = segment.entry(ordinal);
      end += entry.terms.length;
      entryEnds[place] = end;
      for (let i = 0; i < entry.terms.length; i += 1) {
        const frequency = entry.frequencies[i] as number;
        lengths[place] = (lengths[place] as number) + frequency;
        if (frequency >= wideFrequency)
          wide.push(termPlaces[entry.terms[i] as number] as number, place, frequency);
      }
      yield Uint32Array.from(entry.terms, (term) => termPlaces[term] as number);
    }
  }
  function* entryFrequencies() {
    for (const ordinal of ordinals) yield Array.from(segment.entry(ordinal).frequencies, narrow);
  }
  yield ['entries.terms', piecesOf(words, entryTerms())];
  yield ['entries.frequencies', piecesOf(bytes, entryFrequencies())];
  yield ['entries.ends', [entryEnds]];
  yield ['lengths', [lengths]];
  yield ['postings.wide', [Uint32Array.from(wide)]];

  function* lists(valueAt: (list: PostingList, position: number) => number) {
    for (const term of terms) {
      const values: number[] = [];
      const list = postings.list(term);
      for (let position = list.start; position < list.end; position += 1)
        if (!Number.isNaN(statistics[list.ordinals[position] as number]))
          values.push(valueAt(list, position));
      yield values;
    }
  }
  const ordinalAt = ({ ordinals }: PostingList, position: number) =>
    ordinalPlaces[ordinals[position] as number] as number;
  const frequencyAt = ({ frequencies }: PostingList, position: number) => frequencies[position] as number;
  yield ['postings.ordinals', piecesOf(words, lists(ordinalAt))];
  yield ['postings.frequencies', piecesOf(bytes, lists(frequencyAt))];
  let end = 0;
  const ends = Uint32Array.from(terms, (term) => {
    end += segment.documentFrequency(term);
    return end;
  });
  yield ['postings.ends', [ends]];
}
