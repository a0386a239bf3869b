import type { LoadedModel, Tensor, TensorInfo } from '@aiwork/core';
import { checkInputs, createCallGate, invalidArgument } from '@aiwork/core/adapter-kit';
import type { CompiledModel } from '../engine/compiled-model.ts';
import { abortable } from './abortable.ts';
import { loadedModel, type ModelContext } from './loaded-model.ts';

export interface OpenRankParts {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly device: string;
  readonly context: ModelContext;
  /** Compiles the model for these numbers of dimensions, by the names of the inputs that leave them open. */
  readonly form: (ranks: ReadonlyMap<string, number>) => Promise<CompiledModel>;
  readonly afterwards: () => Promise<void>;
}

/** So many forms of a model are kept; who infers in ever new ranks pays for compiling. */
const mostForms = 8;

const copied = (tensor: Tensor): Tensor => ({ ...tensor, data: tensor.data.slice() }) as Tensor;

/**
 * A model that leaves open how many dimensions inputs have. The engine compiles for a number of them alone, so there is one
 * compiled form for each that is asked for.
 */
export function openRankModel(parts: OpenRankParts): LoadedModel {
  const { inputs, outputs, context, device } = parts;
  const open = inputs.flatMap(({ name, shape }) => (shape === undefined ? [name] : []));
  const forms = new Map<string, Promise<LoadedModel>>();
  const gate = createCallGate('the model', async () => {
    await Promise.all([...forms.values()].map(closeForm));
    await parts.afterwards();
  });

  function formFor(tensors: Readonly<Record<string, Tensor>>): Promise<LoadedModel> {
    const ranks = new Map(open.map((name) => [name, tensors[name]?.shape.length ?? 0]));
    const key = [...ranks.values()].join();
    const there = forms.get(key);
    forms.delete(key);
    const form = there ?? parts.form(ranks).then((made) => loadedModel(made, context, async () => {}));
    forms.set(key, form);
    // What cannot be compiled now is tried again when it is next asked for.
    form.catch(() => forms.delete(key));
    const [eldest] = forms;
    if (forms.size > mostForms && eldest !== undefined) {
      forms.delete(eldest[0]);
      void closeForm(eldest[1]);
    }
    return form;
  }

  const withForm = <T>(
    tensors: Readonly<Record<string, Tensor>>,
    signal: AbortSignal | undefined,
    work: (form: LoadedModel, tensors: Readonly<Record<string, Tensor>>) => Promise<T>,
  ): Promise<T> =>
    abortable(signal, 'the inference', () =>
      gate.pass(async () => {
        checkInputs(tensors, inputs);
        // The caller's arrays are the caller's again while a form is compiled.
        const kept = Object.fromEntries(
          Object.entries(tensors).map(([name, tensor]) => [name, copied(tensor)]),
        );
        return work(await formFor(kept), kept);
      }),
    );

  const close = (): Promise<void> => gate.close();
  return {
    inputs,
    outputs,
    ranOn: Object.freeze({ device }),
    infer: (tensors, { signal } = {}) =>
      withForm(tensors, signal, (form, kept) => form.infer(kept, { ...(signal && { signal }) })),
    async profile(tensors, { signal } = {}) {
      if (!context.profiling) {
        throw invalidArgument('the model was loaded without profiling: load it with { profiling: true }');
      }
      return withForm(tensors, signal, (form, kept) => form.profile(kept, { ...(signal && { signal }) }));
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function closeForm(form: Promise<LoadedModel>): Promise<void> {
  await form.then(
    (model) => model.close(),
    () => {},
  );
}
