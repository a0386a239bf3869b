import { createHash } from 'node:crypto';
import { AiworkError, type MemoryDoc } from '@aiwork/core';
import { type ByteReader, createByteReader } from './byte-reader.ts';
import { createByteWriter } from './byte-writer.ts';
import type { IndexContent } from './document-index.ts';
import type { RankingOptions } from './ranking.ts';
import type { SegmentEntry } from './segment.ts';
import type { Similarity } from './vectors/similarity.ts';

/*
 * A snapshot, version 2: 8 bytes of magic, the version (32 bits, little-endian), then as varints and length-prefixed UTF-8
 *   header      JSON: { ranking, tokenizer, words, documents, vectors? }
 *   words       each as JSON, so that any string survives
 *   documents   each as JSON [id, text, metadata?], then how many distinct terms it has, and for each the number of its
 *               word, from 0, and its frequency; where the header has `vectors`: 0, or 1 and as many 32-bit
 *               floating-point numbers (little-endian) as it says
 * and at the very end the SHA-256 of everything before. Version 1 had no vectors.
 */
const magic = Buffer.from('aiwmem\r\n', 'latin1');
const version = 2;
const digestBytes = 32;
const chunkBytes = 1 << 16;

/** What a snapshot says of itself. */
export interface SnapshotHeader {
  readonly ranking: RankingOptions;
  /** `id` of the tokenizer the terms were made by. */
  readonly tokenizer: string;
  readonly words: number;
  readonly documents: number;
  readonly vectors?: SavedVectors;
}

/** What a snapshot says of its vectors. */
export interface SavedVectors {
  readonly dimensions: number;
  readonly similarity: Similarity;
  /** `id` of the embedder that made those of texts. */
  readonly model?: string;
}

/** A document, and its vector as it is kept, where it has one. */
export interface SnapshotEntry extends SegmentEntry {
  readonly vector: Float32Array | undefined;
}

export interface SnapshotContent extends IndexContent {
  readonly entries: Iterable<SnapshotEntry>;
}

/** What is in a snapshot. */
export interface Snapshot {
  readonly header: SnapshotHeader;
  readonly content: SnapshotContent;
}

/** The snapshot in pieces, so that a large one needs to be in memory only once and others get a turn between them. */
export function* encodeSnapshot(
  content: SnapshotContent,
  made: Omit<SnapshotHeader, 'words' | 'documents'>,
): Generator<Uint8Array> {
  const digest = createHash('sha256');
  const writer = createByteWriter();
  const hashed = (): Uint8Array => {
    const chunk = writer.take();
    digest.update(chunk);
    return chunk;
  };

  writer.bytes(magic);
  const versionBytes = Buffer.alloc(4);
  versionBytes.writeUInt32LE(version);
  writer.bytes(versionBytes);
  const header: SnapshotHeader = { ...made, words: content.words.length, documents: content.documents };
  writer.text(JSON.stringify(header));
  for (const word of content.words) {
    writer.text(JSON.stringify(word));
    if (writer.length >= chunkBytes) yield hashed();
  }
  for (const entry of content.entries) {
    const { id, text, metadata } = entry.doc;
    writer.text(JSON.stringify(metadata === undefined ? [id, text] : [id, text, metadata]));
    writer.varint(entry.terms.length);
    for (let i = 0; i < entry.terms.length; i++) {
      writer.varint(entry.terms[i] as number);
      writer.varint(entry.frequencies[i] as number);
    }
    if (made.vectors) {
      writer.varint(entry.vector ? 1 : 0);
      if (entry.vector) writer.bytes(littleEndian(entry.vector));
    }
    if (writer.length >= chunkBytes) yield hashed();
  }
  yield hashed();
  yield digest.digest();
}

function corrupt(what: string, reason: string, cause?: unknown): AiworkError {
  return new AiworkError('AIWORK_CORRUPT_DATA', `${what} ${reason}`, { cause });
}

const restore = 'restore it from a copy or build the index again from its documents';

/** The part between version and checksum, once both are right. */
function checkedBody(bytes: Uint8Array, what: string): Uint8Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bodyStart = magic.length + 4;
  const prefix = buffer.subarray(0, magic.length);
  if (!prefix.equals(magic.subarray(0, prefix.length)) || prefix.length === 0) {
    throw corrupt(what, 'is not a snapshot of @aiwork/memory: give one that `save` or `toSnapshot` wrote');
  }
  if (buffer.length < bodyStart + digestBytes) {
    throw corrupt(what, `is cut off after ${buffer.length} bytes: ${restore}`);
  }
  const found = buffer.readUInt32LE(magic.length);
  if (found > version) {
    throw corrupt(
      what,
      `has format version ${found}, and this release of @aiwork/memory reads up to ${version}: install a newer release`,
    );
  }
  const end = buffer.length - digestBytes;
  const digest = createHash('sha256').update(buffer.subarray(0, end)).digest();
  if (found < 1 || !digest.equals(buffer.subarray(end))) {
    throw corrupt(what, `is damaged or cut off (its checksum does not fit): ${restore}`);
  }
  return buffer.subarray(bodyStart, end);
}

function littleEndian(vector: Float32Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(4 * vector.length);
  vector.forEach((value, i) => {
    bytes.writeFloatLE(value, 4 * i);
  });
  return bytes;
}

function readVector(reader: ByteReader, dimensions: number): Float32Array {
  const bytes = reader.bytes(4 * dimensions);
  const vector = Float32Array.from({ length: dimensions }, (_, i) => bytes.readFloatLE(4 * i));
  if (!vector.every(Number.isFinite)) throw new RangeError('a vector is wrong');
  return vector;
}

/** `lastEntry` has, for each word, the number of the last entry that had it, so that none has a word twice. */
function readEntry(
  reader: ByteReader,
  number: number,
  lastEntry: Uint32Array,
  dimensions: number | undefined,
): SnapshotEntry {
  const [id, text, metadata] = JSON.parse(reader.text()) as [string, string, MemoryDoc['metadata']];
  const count = reader.varint();
  const terms: number[] = [];
  const frequencies: number[] = [];
  for (let i = 0; i < count; i++) {
    const term = reader.varint();
    const frequency = reader.varint();
    if (term >= lastEntry.length || lastEntry[term] === number || frequency === 0) {
      throw new RangeError('a list of terms is wrong');
    }
    lastEntry[term] = number;
    terms.push(term);
    frequencies.push(frequency);
  }
  const vector =
    dimensions !== undefined && reader.varint() === 1 ? readVector(reader, dimensions) : undefined;
  return { doc: metadata === undefined ? { id, text } : { id, text, metadata }, terms, frequencies, vector };
}

/**
 * Reads a whole snapshot. `what` names it in errors.
 *
 * @throws AiworkError `AIWORK_CORRUPT_DATA` when it is damaged, cut off, of a newer version or no snapshot.
 */
export function decodeSnapshot(bytes: Uint8Array, what: string): Snapshot {
  const reader = createByteReader(checkedBody(bytes, what));
  try {
    const header = JSON.parse(reader.text()) as SnapshotHeader;
    const words = Array.from({ length: header.words }, () => JSON.parse(reader.text()) as string);
    const lastEntry = new Uint32Array(words.length);
    const entries = Array.from({ length: header.documents }, (_, i) =>
      readEntry(reader, i + 1, lastEntry, header.vectors?.dimensions),
    );
    if (!reader.atEnd) throw new RangeError('there is more than the header says');
    return { header, content: { words, documents: header.documents, entries } };
  } catch (cause) {
    throw corrupt(what, `has a right checksum and wrong content: ${restore}`, cause);
  }
}
