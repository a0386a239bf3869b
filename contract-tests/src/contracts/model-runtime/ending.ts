import type { CallOptions, LoadedModel, ModelRuntime } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { noListenerLeft } from '../aborting.ts';
import { closing } from '../closing.ts';
import { infersLayer, rowOf, sameLayer, withOnnx } from './loaded.ts';
import { floats, inMemory, layer } from './models.ts';

/** Made anew for each: one that is taken away must not be missing to the next. */
const source = () => inMemory(layer);
const x = floats([1, 4], ...rowOf(1));
const inFlight = 20;

const ofRuntime = (runtime: ModelRuntime, options: CallOptions) => ({
  'load()': () => runtime.load(source(), options),
  'devices()': () => runtime.devices(options),
});

const ofModel = (model: LoadedModel, options: CallOptions) => ({
  'infer()': () => model.infer({ x }, options),
  'profile()': () => model.profile({ x }, options),
});

/** Counts the calls that have ended, and sees to it that none of them rejects unseen. */
const settled = (calls: readonly Promise<unknown>[]) => {
  const count = { ended: 0 };
  for (const call of calls) {
    const end = () => {
      count.ended += 1;
    };
    call.then(end, end);
  }
  return count;
};

export const ending: CheckGroup<ModelRuntime> = {
  id: 'ending',
  title: 'Abort and close',
  checks: [
    {
      id: 'model-runtime.ending.aborted-before',
      rule: 'A call whose signal was aborted before is refused, with the reason as its cause',
      anchor: 'CallOptions.signal',
      why: 'a cancelled step goes on taking time of the processor',
      when: withOnnx,
      async run(t) {
        const runtime = await t.open();
        await using model = await runtime.load(source(), { profiling: true });
        const reason = new Error('the user left');
        const options = { signal: AbortSignal.abort(reason) };
        const calls = { ...ofRuntime(runtime, options), ...ofModel(model, options) };
        for (const [name, call] of Object.entries(calls)) {
          const error = await t.refuses(call, `${name} with an aborted signal`, { code: 'AIWORK_CANCELLED' });
          t.that(error.cause === reason, `the reason of the signal as the cause of ${name}`, error.cause);
        }
      },
    },
    {
      id: 'model-runtime.ending.aborted-meanwhile',
      rule: 'A call that is aborted rejects at once, and others go on',
      anchor: 'LoadedModel.infer',
      why: 'one user who leaves takes the answers of all others along, or is waited for',
      when: withOnnx,
      async run(t) {
        const runtime = await t.open();
        await using model = await runtime.load(source());
        const leaving = new AbortController();
        const reason = new Error('the user left');
        const left: Promise<unknown>[] = [runtime.load(source(), { signal: leaving.signal })];
        const kept: Promise<void>[] = [];
        for (let n = 0; n < inFlight; n += 1) {
          left.push(model.infer({ x }, { signal: leaving.signal }));
          kept.push(infersLayer(model, 'the output beside calls that were aborted', [n]));
        }
        settled([...left, ...kept]);
        leaving.abort(reason);
        for (const call of left) {
          const error = await t.refuses(() => call, 'a call that is aborted', { code: 'AIWORK_CANCELLED' });
          t.that(error.cause === reason, 'the reason of the signal as the cause', error.cause);
        }
        await Promise.all(kept);
        await infersLayer(await runtime.load(source()), 'the output of a model that was loaded after that');
      },
    },
    noListenerLeft<ModelRuntime>({
      contract: 'model-runtime',
      when: withOnnx,
      calls: (runtime, options) => ({
        ...ofRuntime(runtime, options),
        'infer() and profile()': async () => {
          await using model = await runtime.load(source(), { profiling: true });
          for (const call of Object.values(ofModel(model, options))) await call();
        },
      }),
    }),
    {
      id: 'model-runtime.ending.model-closes',
      rule: 'Closing a model waits for what is in flight, and is for good; other models go on',
      anchor: 'LoadedModel.close',
      why: 'memory that a native library still writes to must not be let go of',
      when: withOnnx,
      async run(t) {
        const runtime = await t.open();
        await using beside = await runtime.load(source());
        const model = await runtime.load(source(), { profiling: true });
        const calls = Array.from({ length: inFlight }, (_, n) =>
          model.infer({ x: floats([1, 4], ...rowOf(n)) }),
        );
        const count = settled(calls);
        await Promise.all([model.close(), model.close()]);
        t.same(
          count.ended,
          inFlight,
          `the number of ${inFlight} inferences in flight that had ended when close() resolved`,
        );
        for (const [n, call] of calls.entries()) {
          sameLayer((await call)['y'], [n], 'the output of an inference that was in flight at close()');
        }
        await model[Symbol.asyncDispose]();
        for (const [name, call] of Object.entries(ofModel(model, {}))) {
          await t.refuses(call, `${name} after the model was closed`, { code: 'AIWORK_CLOSED' });
        }
        await infersLayer(beside, 'the output of a model beside one that was closed');
        const disposed = await runtime.load(source());
        await disposed[Symbol.asyncDispose]();
        await t.refuses(() => disposed.infer({ x }), 'infer() after the model was disposed of', {
          code: 'AIWORK_CLOSED',
        });
      },
    },
    {
      id: 'model-runtime.ending.models-close',
      rule: 'Closing a runtime closes its models, when what is in flight has ended',
      anchor: 'ModelRuntime',
      why: 'models that nobody closes keep memory, threads and the process',
      when: withOnnx,
      async run(t) {
        const runtime = await t.open();
        const model = await runtime.load(source());
        const calls = Array.from({ length: inFlight }, (_, n) =>
          model.infer({ x: floats([1, 4], ...rowOf(n)) }),
        );
        const count = settled(calls);
        await runtime.close();
        t.same(
          count.ended,
          inFlight,
          `the number of ${inFlight} inferences that had ended when the runtime was closed`,
        );
        for (const [n, call] of calls.entries()) {
          sameLayer((await call)['y'], [n], 'the output of an inference that was in flight');
        }
        await t.refuses(() => model.infer({ x }), 'infer() after the runtime was closed', {
          code: 'AIWORK_CLOSED',
        });
        await model.close();
      },
    },
    ...closing<ModelRuntime>({
      contract: 'model-runtime',
      noun: 'runtime',
      when: withOnnx,
      calls: (runtime) => ofRuntime(runtime, {}),
      write: (runtime) => runtime.load(source()),
      use: async (runtime) => (await runtime.load(source())).infer({ x }),
    }),
  ],
};
