import type { AnyUnit, ModelRuntime, Plugin } from '@aiwork/core';
import type { EmbeddingService, LocalEmbedder } from '@aiwork/embeddings';
import { findPackage } from '../optional-package.ts';
import { UsageError } from '../usage-error.ts';

export interface ModelOptions {
  /** Each as `NAME=FILE`. */
  readonly model?: readonly string[];
  readonly runtime: 'onnxruntime' | 'openvino';
}

/** Embedding models that are served beside flows. */
export interface OpenModels extends AsyncDisposable {
  readonly names: readonly string[];
  readonly extension: EmbeddingService;
  /** Fills the slot `embedder` for the flows. */
  readonly plugin: Plugin;
  /** Tools of the first model. */
  readonly tools: readonly AnyUnit[];
}

/**
 * Loads the models that are to be served; nothing without any.
 *
 * @throws `AIWORK_USAGE` when one is not given as `NAME=FILE`, or a package is not there.
 */
export async function openModels(
  { model: given = [], runtime: engine }: ModelOptions,
  files: readonly string[],
): Promise<OpenModels | undefined> {
  if (given.length === 0) return undefined;
  const paths = new Map(given.map(nameAndFile));
  if (paths.size < given.length)
    throw new UsageError('two models have one name', { hint: 'give each a name of its own' });
  const embeddings = await importPackage<typeof import('@aiwork/embeddings')>('@aiwork/embeddings', files);
  const open = await runtimeOf(engine, files);
  const runtime = await open();
  try {
    const loaded = new Map<string, LocalEmbedder>();
    for (const [name, path] of paths) loaded.set(name, await embeddings.loadEmbedder(path, { runtime }));
    const models = embeddings.createServedModels(Object.fromEntries(loaded));
    return {
      names: models.names,
      extension: embeddings.embeddingService(models),
      plugin: embeddings.embeddings(models),
      tools: embeddings.createEmbeddingTool(models.embedder()).tools(),
      async [Symbol.asyncDispose]() {
        await models.close();
        await runtime.close();
      },
    };
  } catch (error) {
    // With it, the models that it has loaded.
    await runtime.close();
    throw error;
  }
}

function nameAndFile(given: string): readonly [name: string, file: string] {
  const [, name, file] = /^([^=]+)=(.+)$/s.exec(given) ?? [];
  if (name !== undefined && file !== undefined) return [name, file];
  throw new UsageError(`--model ${given} names no model and file`, {
    hint: 'write NAME=FILE, as in minilm=minilm.arrow',
  });
}

interface RuntimePackage {
  readonly createOnnxRuntime?: () => ModelRuntime;
  readonly createOpenvinoRuntime?: () => ModelRuntime | Promise<ModelRuntime>;
}

/** What opens an engine, of its package. */
async function runtimeOf(
  engine: ModelOptions['runtime'],
  files: readonly string[],
): Promise<() => ModelRuntime | Promise<ModelRuntime>> {
  const name = `@aiwork/${engine}`;
  const { createOnnxRuntime, createOpenvinoRuntime } = await importPackage<RuntimePackage>(name, files);
  const open = engine === 'openvino' ? createOpenvinoRuntime : createOnnxRuntime;
  if (open) return open;
  throw new UsageError(`${name} is of another version`, { hint: `npm install ${name}@latest` });
}

async function importPackage<Package>(name: string, files: readonly string[]): Promise<Package> {
  const url = findPackage(name, files);
  if (url !== undefined) return import(url);
  throw new UsageError(`${name} is not installed`, { hint: `npm install ${name}` });
}
