import { createHash } from 'node:crypto';
import type { ChatChunk, ChatRequest } from '../adapters/chat-model.ts';
import { canonicalJson } from '../units/graph-hash.ts';

/** A file of recorded replies. */
export interface Recording {
  readonly format: 1;
  /** Id of the model that gave them. */
  readonly model: string;
  readonly entries: readonly RecordedEntry[];
}

/** A request, and the replies it got, in order. */
export interface RecordedEntry {
  readonly hash: string;
  readonly request: ChatRequest;
  readonly replies: readonly (readonly ChatChunk[])[];
}

/** Equal requests have equal hashes, whatever the order of their keys. */
export function hashRequest(request: ChatRequest): string {
  return createHash('sha256').update(canonicalJson(request)).digest('hex');
}
