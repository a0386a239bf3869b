import { setImmediate as nextTurn } from 'node:timers/promises';
import { checkSignal } from '@aiwork/core/adapter-kit';
import type { CheckedDoc } from './admission.ts';
import { embedTexts } from './embedding.ts';
import type { Settings } from './options.ts';
import type { PreparedDoc } from './parts.ts';

/** Longest time, about, that work in pieces keeps the event loop from other work. */
const sliceMs = 8;

/** When it is time to let other work run, and doing so; that rejects when the signal aborted. */
export function createPauses(signal: AbortSignal | undefined): {
  isDue(): boolean;
  pause(): Promise<void>;
} {
  let sliceEnd = performance.now() + sliceMs;
  return {
    isDue: () => performance.now() >= sliceEnd,
    async pause() {
      await nextTurn();
      checkSignal(signal);
      sliceEnd = performance.now() + sliceMs;
    },
  };
}

/** Cuts texts into terms, and makes the vectors that were not given where there is an embedder. */
export async function prepareDocs(
  docs: readonly CheckedDoc[],
  { tokenizer, vectors: settings }: Settings,
  signal: AbortSignal | undefined,
): Promise<PreparedDoc[]> {
  const prepared: PreparedDoc[] = [];
  const pauses = createPauses(signal);
  for (const { doc, vector } of docs) {
    prepared.push({ doc, vector, tokens: tokenizer.tokenize(doc.text) });
    if (pauses.isDue()) await pauses.pause();
  }
  if (!settings?.embedder) return prepared;
  const texts = docs.filter(({ vector }) => vector === undefined).map(({ doc }) => doc.text);
  const { embedder, dimensions } = settings;
  const made = (await embedTexts(embedder, texts, { kind: 'document', dimensions, signal })).values();
  return prepared.map((each) => ({ ...each, vector: each.vector ?? made.next().value }));
}
