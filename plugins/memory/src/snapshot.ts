import { createHash } from 'node:crypto';
import { AiworkError, type MemoryDoc } from '@aiwork/core';
import { type ByteReader, createByteReader } from './byte-reader.ts';
import { createByteWriter } from './byte-writer.ts';
import type { IndexContent } from './document-index.ts';
import type { RankingOptions } from './ranking.ts';
import type { SegmentEntry } from './segment.ts';

/*
 * A snapshot, version 1: 8 bytes of magic, the version (32 bits, little-endian), then as varints and length-prefixed UTF-8
 *   header      JSON: { ranking, tokenizer, words, documents }
 *   words       each as JSON, so that any string survives
 *   documents   each as JSON [id, text, metadata?], then how many distinct terms it has, and for each the number of its
 *               word, from 0, and its frequency
 * and at the very end the SHA-256 of everything before.
 */
const magic = Buffer.from('aiwmem\r\n', 'latin1');
const version = 1;
const digestBytes = 32;
const chunkBytes = 1 << 16;

/** What a snapshot says of itself. */
export interface SnapshotHeader {
  readonly ranking: RankingOptions;
  /** `id` of the tokenizer the terms were made by. */
  readonly tokenizer: string;
  readonly words: number;
  readonly documents: number;
}

/** What is in a snapshot. */
export interface Snapshot {
  readonly header: SnapshotHeader;
  readonly content: IndexContent;
}

/** The snapshot in pieces, so that a large one needs to be in memory only once and others get a turn between them. */
export function* encodeSnapshot(
  content: IndexContent,
  made: Pick<SnapshotHeader, 'ranking' | 'tokenizer'>,
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
  if (found !== version || !digest.equals(buffer.subarray(end))) {
    throw corrupt(what, `is damaged or cut off (its checksum does not fit): ${restore}`);
  }
  return buffer.subarray(bodyStart, end);
}

/** `lastEntry` has, for each word, the number of the last entry that had it, so that none has a word twice. */
function readEntry(reader: ByteReader, number: number, lastEntry: Uint32Array): SegmentEntry {
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
  return { doc: metadata === undefined ? { id, text } : { id, text, metadata }, terms, frequencies };
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
    const entries = Array.from({ length: header.documents }, (_, i) => readEntry(reader, i + 1, lastEntry));
    if (!reader.atEnd) throw new RangeError('there is more than the header says');
    return { header, content: { words, documents: header.documents, entries } };
  } catch (cause) {
    throw corrupt(what, `has a right checksum and wrong content: ${restore}`, cause);
  }
}
