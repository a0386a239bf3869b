import type { ChatChunk, ModelUsage } from '@aiwork/core';

/** A whole reply, as it is kept. */
export interface StoredReply {
  readonly format: 1;
  readonly chunks: readonly ChatChunk[];
}

/** The reply of these chunks, if it is one to keep: whole, and not ended early by a limit or a filter. */
export function storedReply(chunks: readonly ChatChunk[]): StoredReply | undefined {
  const last = chunks.at(-1);
  const isWhole = last?.type === 'done' && (last.reason === 'stop' || last.reason === 'tool-calls');
  return isWhole ? { format: 1, chunks } : undefined;
}

/** The chunks again. Nothing was used for them this time, and `usage` says so. */
export function replay({ chunks }: StoredReply): readonly ChatChunk[] {
  return chunks.map((chunk) => (chunk.type === 'usage' ? nothingUsed(chunk) : chunk));
}

function nothingUsed({ cost }: ModelUsage): ChatChunk {
  return { type: 'usage', inputTokens: 0, outputTokens: 0, ...(cost !== undefined && { cost: 0 }) };
}

/** All it says; calls of tools as JSON. */
export function textOf({ chunks }: StoredReply): string {
  const said = chunks.map((chunk) => {
    if (chunk.type === 'text') return chunk.text;
    return chunk.type === 'tool-call' ? JSON.stringify([chunk.name, chunk.input]) : '';
  });
  return said.join('');
}

/** What giving it from the cache spares. */
export function usageOf({ chunks }: StoredReply): ModelUsage | undefined {
  const usage = chunks.find((chunk) => chunk.type === 'usage');
  if (!usage) return undefined;
  const { type: _, ...amounts } = usage;
  return amounts;
}

export function encodeReply(reply: StoredReply): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(reply));
}

/** `undefined` for what is no reply of this version. */
export function decodeReply(bytes: Uint8Array): StoredReply | undefined {
  try {
    const reply: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isStoredReply(reply) ? reply : undefined;
  } catch {
    return undefined;
  }
}

function isStoredReply(value: unknown): value is StoredReply {
  if (typeof value !== 'object' || value === null || !('format' in value) || !('chunks' in value))
    return false;
  const { format, chunks } = value;
  return format === 1 && Array.isArray(chunks) && chunks.every(isChunk) && storedReply(chunks) !== undefined;
}

function isChunk(value: unknown): value is ChatChunk {
  const { type, text, id, name, inputTokens, outputTokens }: Partial<Record<string, unknown>> = {
    ...Object(value),
  };
  switch (type) {
    case 'text':
      return typeof text === 'string';
    case 'tool-call':
      return typeof id === 'string' && typeof name === 'string';
    case 'usage':
      return Number.isFinite(inputTokens) && Number.isFinite(outputTokens);
    default:
      return type === 'done';
  }
}
