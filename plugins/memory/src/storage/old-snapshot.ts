import { createHash } from 'node:crypto';
import { admitDoc, type CheckedDoc } from '../admission.ts';
import { type ByteReader, createByteReader } from './byte-reader.ts';
import { corrupt, wrongContent } from './damage.ts';
import type { SnapshotHeader } from './snapshot-header.ts';

/*
 * Snapshots of versions 1 and 2: 8 bytes of magic, the version (32 bits, little-endian), then as varints and length-prefixed
 * UTF-8
 *   header      JSON: { ranking, tokenizer, words, documents, vectors? }
 *   words       each as JSON, so that any string survives
 *   documents   each as JSON [id, text, metadata?], then how many distinct terms it has, and for each the number of its
 *               word, from 0, and its frequency; where the header has `vectors`: 0, or 1 and as many 32-bit
 *               floating-point numbers (little-endian) as it says
 * and at the very end the SHA-256 of everything before. Version 1 had no vectors.
 */
const bodyAt = 12;
const digestBytes = 32;
/** No text that was ever taken has more. */
const mostTokens = 2 ** 28;

interface OldHeader extends SnapshotHeader {
  readonly words: number;
  readonly documents: number;
}

/** A document, and the words of its text. */
export interface OldEntry extends CheckedDoc {
  readonly tokens: readonly string[];
}

export interface OldSnapshot {
  readonly header: SnapshotHeader;
  readonly entries: readonly OldEntry[];
}

/** The part between version and checksum, once the latter is right. */
function checkedBody(bytes: Buffer, what: string): Uint8Array {
  const end = bytes.length - digestBytes;
  const digest = createHash('sha256').update(bytes.subarray(0, end)).digest();
  if (end < bodyAt || !digest.equals(bytes.subarray(end)))
    throw corrupt(what, 'is damaged or cut off (its checksum does not fit)');
  return bytes.subarray(bodyAt, end);
}

function readVector(reader: ByteReader, dimensions: number): Float32Array {
  const bytes = reader.bytes(4 * dimensions);
  const vector = Float32Array.from({ length: dimensions }, (_, i) => bytes.readFloatLE(4 * i));
  if (!vector.every(Number.isFinite)) throw new RangeError('a vector is wrong');
  return vector;
}

function readEntry(reader: ByteReader, words: readonly string[], dimensions: number | undefined): OldEntry {
  const [id, text, metadata] = JSON.parse(reader.text());
  const count = reader.varint();
  const tokens: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const word = words[reader.varint()];
    const frequency = reader.varint();
    if (word === undefined || frequency === 0 || frequency > mostTokens)
      throw new RangeError('a list of terms is wrong');
    for (let time = 0; time < frequency; time += 1) tokens.push(word);
  }
  const vector =
    dimensions !== undefined && reader.varint() === 1 ? readVector(reader, dimensions) : undefined;
  const { doc } = admitDoc(metadata === undefined ? { id, text } : { id, text, metadata }, 'the document', {
    maxTextBytes: Number.POSITIVE_INFINITY,
  });
  return { doc, vector, tokens };
}

/**
 * Reads a whole snapshot of version 1 or 2. `what` names it in errors.
 *
 * @throws AiworkError `AIWORK_CORRUPT_DATA` when it is damaged or cut off.
 */
export function decodeOldSnapshot(bytes: Buffer, what: string): OldSnapshot {
  const reader = createByteReader(checkedBody(bytes, what));
  try {
    const header: OldHeader = JSON.parse(reader.text());
    const words: string[] = Array.from({ length: header.words }, () => JSON.parse(reader.text()));
    const entries = Array.from({ length: header.documents }, () =>
      readEntry(reader, words, header.vectors?.dimensions),
    );
    if (!reader.atEnd) throw new RangeError('there is more than the header says');
    return { header, entries };
  } catch (cause) {
    throw wrongContent(what, cause);
  }
}
