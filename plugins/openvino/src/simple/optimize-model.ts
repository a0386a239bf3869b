import type { LoadedModel, LoadOptions, ModelRuntime, ModelSource } from '@aiwork/core';
import { createOpenvinoRuntime } from '../create-openvino-runtime.ts';
import type { OpenvinoOptions } from '../options.ts';

/** @since 0.1.0 */
export interface OptimizeOptions extends LoadOptions, Pick<OpenvinoOptions, 'library'> {}

interface Shared {
  readonly runtime: Promise<ModelRuntime>;
  users: number;
}

/** Runtimes that models are open in, by the library they are of. */
const shared = new Map<string, Shared>();

function use(library: string | undefined): Shared {
  const key = library ?? '';
  const there = shared.get(key) ?? {
    runtime: createOpenvinoRuntime(library === undefined ? {} : { library }),
    users: 0,
  };
  there.users += 1;
  shared.set(key, there);
  return there;
}

async function leave(library: string | undefined, left: Shared): Promise<void> {
  left.users -= 1;
  if (left.users > 0) return;
  shared.delete(library ?? '');
  await left.runtime.then(
    (runtime) => runtime.close(),
    () => {},
  );
}

/**
 * Compiles a model for this machine, without more ado: opens OpenVINO if no other model has, and closes it with the last.
 *
 * @param source - the path of a model, or what `ModelRuntime.load` takes
 * @throws what {@link createOpenvinoRuntime} and `ModelRuntime.load` throw.
 * @example
 * ```ts no-run: needs OpenVINO and a model
 * import { infer, optimizeModel } from '@aiwork/openvino';
 *
 * await using model = await optimizeModel('model.onnx', { hint: 'throughput', cacheDir: '.compiled' });
 * const { y } = await infer(model, { x: [[1, 2, 3, 4]] });
 * console.log(model.ranOn, y?.shape, y?.data);
 * ```
 * @since 0.1.0
 */
export async function optimizeModel(
  source: string | ModelSource,
  { library, ...options }: OptimizeOptions = {},
): Promise<LoadedModel> {
  const used = use(library);
  let left = false;
  const done = async (): Promise<void> => {
    if (left) return;
    left = true;
    await leave(library, used);
  };
  try {
    const runtime = await used.runtime;
    const model = await runtime.load(typeof source === 'string' ? { path: source } : source, options);
    const close = async (): Promise<void> => {
      await model.close();
      await done();
    };
    const { inputs, outputs, infer, profile } = model;
    return {
      inputs,
      outputs,
      infer,
      profile,
      close,
      get ranOn() {
        return model.ranOn;
      },
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await done();
    throw error;
  }
}
