import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertModel, loadEmbedder } from '@aiwork/embeddings';
import { createMemory, type FusionOptions } from '@aiwork/memory';
import { createOnnxRuntime } from '@aiwork/onnxruntime';
import { miniLmFolder } from '../../inference/minilm-folder.ts';
import type { Ranker } from './rank.ts';
import type { TestCollection } from './test-collection.ts';
import { english } from './word-rankers.ts';

type Embed = (texts: readonly string[]) => Promise<readonly Float32Array[]>;

export const byVectors = '@aiwork/memory, vectors of all-MiniLM-L6-v2';
export const hybrid = '@aiwork/memory, hybrid by rank';
export const weighted = '@aiwork/memory, hybrid by weighted scores';

/**
 * By what texts mean, alone and together with their words.
 *
 * @throws an error that says why, where the model cannot be had.
 */
export async function vectorRankers(resources: AsyncDisposableStack): Promise<readonly Ranker[]> {
  const embed = await openEmbedder(resources);
  const embedded = new Map<TestCollection, ReturnType<typeof vectorsOf>>();
  const ranker = (name: string, by: 'vector' | undefined, fusion?: FusionOptions): Ranker => ({
    name,
    async rank(collection, topK) {
      const vectors = await (embedded.get(collection) ?? vectorsOf(collection, embed));
      embedded.set(collection, Promise.resolve(vectors));
      const { documents, queries } = collection;
      const dimensions = vectors.queries[0]?.length ?? 1;
      await using memory = createMemory({
        tokenizer: english,
        vectors: { dimensions, ...(fusion && { fusion }) },
      });
      await memory.upsert(
        documents.map((doc, i) => ({ ...doc, vector: vectors.documents[i] as Float32Array })),
      );
      const found = await Promise.all(
        queries.map(({ text }, i) =>
          memory.search({ text, vector: vectors.queries[i] as Float32Array, topK, ...(by && { by }) }),
        ),
      );
      return found.map((hits) => hits.map(({ id }) => id));
    },
  });
  return [
    ranker(byVectors, 'vector'),
    ranker(hybrid, undefined),
    ranker(weighted, undefined, { kind: 'weighted' }),
  ];
}

async function vectorsOf({ documents, queries }: TestCollection, embed: Embed) {
  return {
    documents: await embed(documents.map(({ text }) => text)),
    queries: await embed(queries.map(({ text }) => text)),
  };
}

async function openEmbedder(resources: AsyncDisposableStack): Promise<Embed> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-relevance-'));
  resources.defer(() => rm(folder, { recursive: true, force: true }));
  const model = join(folder, 'minilm.arrow');
  {
    await using from = await miniLmFolder();
    await convertModel({ from: from.path, precision: 'fp32', path: model });
  }
  const runtime = resources.use(createOnnxRuntime());
  const embedder = resources.use(await loadEmbedder(model, { runtime }));
  const together = 64;
  return async (texts) => {
    const vectors: Float32Array[] = [];
    for (let from = 0; from < texts.length; from += together)
      vectors.push(...(await embedder.embed(texts.slice(from, from + together))).vectors);
    return vectors;
  };
}
