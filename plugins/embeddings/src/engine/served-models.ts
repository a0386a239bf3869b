import { AiworkError, ClosedError, type Embedder } from '@aiwork/core';
import { createCallGate, invalidArgument } from '@aiwork/core/adapter-kit';
import type { EmbedderStats, LocalEmbedder } from './create-embedder.ts';

/** Embedders by the names they are asked for by. @since 0.1.0 */
export interface ServedModels extends AsyncDisposable {
  /** In the order they came; the first is taken where nobody names one. */
  readonly names: readonly string[];
  /**
   * A view of the model of that name: each call goes to the one that has the name then, so that none fails when it is
   * swapped. To close it closes no model.
   *
   * @throws `AIWORK_UNKNOWN_MODEL`, naming those there are.
   */
  embedder(name?: string): Embedder;
  /** How the model of a name is doing. */
  stats(name: string): EmbedderStats;
  /**
   * Gives a name to another embedder. Calls that begin now go to it; resolves when those of the one before have come to
   * their ends and it is closed.
   */
  swap(name: string, embedder: LocalEmbedder): Promise<void>;
  /**
   * Takes a model away; resolves when its calls have come to their ends and it is closed.
   *
   * @throws `AIWORK_UNKNOWN_MODEL`.
   */
  remove(name: string): Promise<void>;
  /** Closes all models. */
  close(): Promise<void>;
}

/**
 * Serves several models from one place, and lets them be swapped while they are asked.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when there is none, or a name is no name.
 * @example
 * ```ts no-run: needs converted models
 * import { createServedModels, loadEmbedder } from '@aiwork/embeddings';
 * import { createOnnxRuntime } from '@aiwork/onnxruntime';
 *
 * await using runtime = createOnnxRuntime();
 * await using models = createServedModels({ search: await loadEmbedder('minilm.arrow', { runtime }) });
 * const embedder = models.embedder('search');
 * await models.swap('search', await loadEmbedder('mpnet.arrow', { runtime }));
 * console.log(embedder.capabilities.dimensions); // 768
 * ```
 * @since 0.1.0
 */
export function createServedModels(models: Readonly<Record<string, LocalEmbedder>>): ServedModels {
  const byName = new Map(Object.entries(models));
  if (byName.size === 0) throw invalidArgument('there is no model to serve: give one at least');
  for (const name of byName.keys()) checkName(name);

  function current(name: string): LocalEmbedder {
    const found = byName.get(name);
    if (found) return found;
    throw new AiworkError(
      'AIWORK_UNKNOWN_MODEL',
      `there is no model called ${JSON.stringify(name)}; there is ${[...byName.keys()].join(', ') || 'none'}`,
      { outcome: 'not-applied' },
    );
  }

  function view(name: string): Embedder {
    const gate = createCallGate(`the view of model ${JSON.stringify(name)}`, () => {});
    return {
      get id() {
        return current(name).id;
      },
      get capabilities() {
        return current(name).capabilities;
      },
      embed: (texts, options) => gate.pass(() => current(name).embed(texts, options)),
      close: gate.close,
      [Symbol.asyncDispose]: gate.close,
    };
  }

  let isClosed = false;
  async function close(): Promise<void> {
    isClosed = true;
    await Promise.all([...byName.values()].map((embedder) => embedder.close()));
  }

  return {
    get names() {
      return [...byName.keys()];
    },
    embedder(name = byName.keys().next().value ?? '') {
      current(name);
      return view(name);
    },
    stats: (name) => current(name).stats(),
    async swap(name, embedder) {
      checkName(name);
      if (isClosed) {
        await embedder.close();
        throw new ClosedError('what serves the models');
      }
      const before = byName.get(name);
      byName.set(name, embedder);
      if (before !== embedder) await before?.close();
    },
    async remove(name) {
      const before = current(name);
      byName.delete(name);
      await before.close();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** What can stand in a scope, a label and a URL. */
function checkName(name: string): void {
  if (/^[\w./-]{1,100}$/.test(name)) return;
  throw invalidArgument(
    `a model is called ${JSON.stringify(name)}: give 1 to 100 letters, digits, "_", ".", "/" or "-"`,
  );
}
