import type { CheckedDoc } from './admission.ts';
import { embedTexts } from './embedding.ts';
import type { Settings } from './options.ts';
import type { PreparedDoc } from './parts.ts';
import type { Tokenizer } from './tokenizer.ts';
import { inTurns, type Steps } from './turns.ts';

function* cut(docs: readonly CheckedDoc[], tokenizer: Tokenizer): Steps<PreparedDoc[]> {
  const prepared: PreparedDoc[] = [];
  for (const { doc, vector } of docs) {
    prepared.push({ doc, vector, tokens: tokenizer.tokenize(doc.text) });
    yield;
  }
  return prepared;
}

/** Cuts texts into terms, and makes the vectors that were not given where there is an embedder. */
export async function prepareDocs(
  docs: readonly CheckedDoc[],
  { tokenizer, vectors: settings }: Settings,
  signal: AbortSignal | undefined,
): Promise<PreparedDoc[]> {
  const prepared = await inTurns(cut(docs, tokenizer), signal);
  if (!settings?.embedder) return prepared;
  const texts = docs.filter(({ vector }) => vector === undefined).map(({ doc }) => doc.text);
  const { embedder, dimensions } = settings;
  const made = (await embedTexts(embedder, texts, { kind: 'document', dimensions, signal })).values();
  return prepared.map((each) => ({ ...each, vector: each.vector ?? made.next().value }));
}
