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

/** Cuts texts into terms. */
export function cutDocs(
  docs: readonly CheckedDoc[],
  { tokenizer }: Settings,
  signal: AbortSignal | undefined,
): Promise<PreparedDoc[]> {
  return inTurns(cut(docs, tokenizer), signal);
}

/** Makes the vectors that were not given where there is an embedder. */
export async function embedDocs<Doc extends CheckedDoc>(
  docs: readonly Doc[],
  { vectors }: Settings,
  signal: AbortSignal | undefined,
): Promise<readonly Doc[]> {
  if (!vectors?.embedder) return docs;
  const texts = docs.filter(({ vector }) => vector === undefined).map(({ doc }) => doc.text);
  const { embedder, dimensions } = vectors;
  const made = (await embedTexts(embedder, texts, { kind: 'document', dimensions, signal })).values();
  return docs.map((each) => ({ ...each, vector: each.vector ?? made.next().value }));
}

/** What is made of documents before they are taken: terms, and vectors. */
export async function prepareDocs(
  docs: readonly CheckedDoc[],
  settings: Settings,
  signal: AbortSignal | undefined,
): Promise<readonly PreparedDoc[]> {
  return embedDocs(await cutDocs(docs, settings, signal), settings, signal);
}
