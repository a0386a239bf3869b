import {
  type AnyTool,
  type CallOptions,
  cosineSimilarity,
  createToolRegistry,
  defineTool,
  type Embedder,
  type EmbeddingKind,
  type Embeddings,
  type OpenAITool,
  type ToolSource,
} from '@aiwork/core';
import { invalidArgument } from '@aiwork/core/adapter-kit';
import { similaritiesTo } from '../engine/similarities.ts';
import { wireSchema } from '../schema/wire-schema.ts';

/** A text that was found. @since 0.1.0 */
export interface TextHit {
  /** Where it is in the list that was searched. */
  readonly index: number;
  readonly text: string;
  /** Cosine to the query: 1 where it says the same. */
  readonly score: number;
}

/** What an embedder can be asked for by programs, and by models as the tools `embed`, `similarity` and `search`. @since 0.1.0 */
export interface EmbeddingTool extends ToolSource {
  embed(
    texts: readonly string[],
    options?: CallOptions & { readonly kind?: EmbeddingKind },
  ): Promise<Embeddings>;
  /** Cosine of two texts: 1 where they say the same, about 0 where they have nothing to do with each other. */
  similarity(one: string, other: string, options?: CallOptions): Promise<number>;
  /** The texts that fit a query best, best first. `topK` is 5 by default. */
  search(
    query: string,
    texts: readonly string[],
    options?: CallOptions & { readonly topK?: number },
  ): Promise<readonly TextHit[]>;
  /** The tools as a model is told of them, in the form of OpenAI's chat completions. */
  getSchema(): readonly OpenAITool[];
  /** The tools, to be registered, served or given to an agent. */
  tools(): readonly AnyTool[];
}

/** @since 0.1.0 */
export interface EmbeddingToolOptions {
  /** What the names of the tools begin with, as in `docs_search`. Default: nothing. */
  readonly prefix?: string;
}

const defaultTopK = 5;

const text = { type: 'string' } as const;
const number = { type: 'number' } as const;
const index = { type: 'integer', minimum: 0 } as const;
const hit = {
  type: 'object',
  properties: { index, text, score: number },
  required: ['index', 'text', 'score'],
} as const;

/**
 * Makes tools of an embedder.
 *
 * @example
 * ```ts no-run: needs a converted model
 * import { createToolRegistry } from '@aiwork/core';
 * import { createEmbeddingTool, loadEmbedder } from '@aiwork/embeddings';
 * import { createOnnxRuntime } from '@aiwork/onnxruntime';
 *
 * await using runtime = createOnnxRuntime();
 * await using embedder = await loadEmbedder('minilm.arrow', { runtime });
 * const tool = createEmbeddingTool(embedder);
 * const [best] = await tool.search('sending things back', ['Returns are free.', 'We open at nine.']);
 * console.log(best?.text); // Returns are free.
 * const registry = createToolRegistry();
 * for (const each of tool.tools()) registry.register(each);
 * ```
 * @since 0.1.0
 */
export function createEmbeddingTool(
  embedder: Embedder,
  { prefix = '' }: EmbeddingToolOptions = {},
): EmbeddingTool {
  const embed: EmbeddingTool['embed'] = (texts, options) => embedder.embed(texts, options);

  async function similarity(one: string, other: string, options: CallOptions = {}): Promise<number> {
    const { vectors } = await embedder.embed([one, other], options);
    return cosineSimilarity(vectors[0] ?? new Float32Array(), vectors[1] ?? new Float32Array());
  }

  const search: EmbeddingTool['search'] = async (query, texts, { topK = defaultTopK, ...options } = {}) => {
    if (!Number.isSafeInteger(topK) || topK < 1)
      throw invalidArgument(`topK is ${topK}: give a whole number of at least 1`);
    const { similarities } = await similaritiesTo(query, texts, (some, how) =>
      embedder.embed(some, { ...how, ...options }),
    );
    return texts
      .map((text, index) => ({ index, text, score: similarities[index] ?? 0 }))
      .sort((a, b) => b.score - a.score || a.index - b.index)
      .slice(0, topK);
  };

  const tools = toolsOf(embedder, prefix, { embed, similarity, search });
  const registry = createToolRegistry();
  for (const tool of tools) registry.register(tool);
  return { embed, similarity, search, getSchema: () => registry.toOpenAI(), tools: () => tools };
}

function toolsOf(
  embedder: Embedder,
  prefix: string,
  { embed, similarity, search }: Pick<EmbeddingTool, 'embed' | 'similarity' | 'search'>,
): readonly AnyTool[] {
  const { maxTexts } = embedder.capabilities;
  const texts = { type: 'array', items: text, maxItems: maxTexts } as const;
  return [
    defineTool({
      name: `${prefix}embed`,
      description:
        'Turns texts into vectors, one each in order: texts of like meaning get vectors that are close.',
      input: wireSchema({
        type: 'object',
        properties: { texts, kind: { type: 'string', enum: ['query', 'document'] } },
        required: ['texts'],
      }),
      output: wireSchema({
        type: 'object',
        properties: {
          model: text,
          vectors: { type: 'array', items: { type: 'array', items: number } },
          truncated: {
            type: 'array',
            items: index,
            description: 'Indexes of texts of which the end was not read.',
          },
        },
        required: ['model', 'vectors', 'truncated'],
      }),
      run: async ({ texts: given, kind }, { signal }) => {
        const { vectors, truncated } = await embed(given, { signal, ...(kind && { kind }) });
        const rows = vectors.map((vector) => Array.from(vector));
        return { model: embedder.id, vectors: rows, truncated: [...truncated] };
      },
    }),
    defineTool({
      name: `${prefix}similarity`,
      description:
        'Says how alike two texts are in meaning: 1 where they say the same, about 0 where they have nothing in common.',
      input: wireSchema({
        type: 'object',
        properties: { one: text, other: text },
        required: ['one', 'other'],
      }),
      output: wireSchema({ type: 'object', properties: { similarity: number }, required: ['similarity'] }),
      run: async ({ one, other }, { signal }) => ({ similarity: await similarity(one, other, { signal }) }),
    }),
    defineTool({
      name: `${prefix}search`,
      description:
        'Finds those of some texts that fit a query best by their meaning, also where they use other words. Best first.',
      input: wireSchema({
        type: 'object',
        properties: {
          query: text,
          texts,
          topK: {
            type: 'integer',
            minimum: 1,
            description: `How many to find at most. Default ${defaultTopK}.`,
          },
        },
        required: ['query', 'texts'],
      }),
      output: wireSchema({
        type: 'object',
        properties: { hits: { type: 'array', items: hit } },
        required: ['hits'],
      }),
      run: async ({ query, texts: given, topK }, { signal }) => ({
        hits: [...(await search(query, given, { signal, ...(topK !== undefined && { topK }) }))],
      }),
    }),
  ];
}
