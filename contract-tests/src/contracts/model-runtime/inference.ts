import type { LoadedModel, ModelRuntime } from '@aiwork/core';
import type { Check, CheckGroup } from '../../engine/contract.ts';
import { sameTensor } from './agrees-with.ts';
import { exactly, infersLayer, withOnnx } from './loaded.ts';
import { floats, inMemory, layer, reshape, sum, zeros } from './models.ts';

const common = { anchor: 'LoadedModel.infer', when: withOnnx } satisfies Partial<Check<ModelRuntime>>;

const atOnce = 64;

/** Squared, more than any machine has, and than fits into an address. */
const tooMany = 2n ** 25n;

const zerosOf = async (model: LoadedModel, size: bigint) =>
  (await model.infer({ size: { type: 'int64', shape: [2], data: BigInt64Array.of(size, size) } }))['y'];

export const inference: CheckGroup<ModelRuntime> = {
  id: 'inference',
  title: 'Inference',
  checks: [
    {
      ...common,
      id: 'model-runtime.inference.right',
      rule: 'Outputs are those of the model, under their names and no others',
      why: 'it is what all the rest is for',
      async run(t) {
        const runtime = await t.open();
        await using one = await runtime.load(inMemory(layer));
        await infersLayer(one, 'the output of one layer', [3, -2, 0.5]);
        await using two = await runtime.load(inMemory(sum));
        // The order of what is given is not the order of the model.
        const outputs = await two.infer({ b: floats([1, 2], 10, 20), a: floats([1, 2], 1, 2) });
        t.same(Object.keys(outputs), ['sum'], 'the names of the outputs');
        sameTensor(outputs['sum'], floats([1, 2], 11, 22), exactly, 'the sum');
      },
    },
    {
      ...common,
      id: 'model-runtime.inference.again',
      rule: 'The same inputs give the same outputs, bit for bit, on the same model',
      why: 'a cache of results would answer with something else than the model',
      async run(t) {
        const runtime = await t.open();
        await using model = await runtime.load(inMemory(layer));
        const x = floats([2, 4], 0.1, 0.2, 0.3, 0.4, -5, 6, -7, 8);
        const { y: first } = await model.infer({ x });
        for (let round = 0; round < 5; round += 1) {
          const { y } = await model.infer({ x });
          if (first) sameTensor(y, first, exactly, 'the output for the same input');
        }
      },
    },
    {
      ...common,
      id: 'model-runtime.inference.overlapping',
      rule: 'Calls that overlap get what they would get alone',
      why: 'answers that are mixed up are those of other users',
      async run(t) {
        const runtime = await t.open();
        await using model = await runtime.load(inMemory(layer));
        await using other = await runtime.load(inMemory(layer));
        const calls = Array.from({ length: atOnce }, (_, n) =>
          infersLayer(n % 3 === 0 ? other : model, `the output of call ${n} of ${atOnce} at once`, [n, -n]),
        );
        await Promise.all(calls);
      },
    },
    {
      ...common,
      id: 'model-runtime.inference.engine-fails',
      rule: 'What the engine cannot do is refused with what it says, and the model goes on',
      why: 'one bad request would take the service along',
      async run(t) {
        const runtime = await t.open();
        await using model = await runtime.load(inMemory(reshape));
        const infer = (rows: bigint) =>
          model.infer({
            x: floats([4], 1, 2, 3, 4),
            to: { type: 'int64', shape: [2], data: BigInt64Array.of(rows, 2n) },
          });
        await t.refuses(() => infer(7n), 'infer() into a shape that does not fit', {
          code: 'AIWORK_INFERENCE_FAILED',
          notApplied: false,
        });
        const { y } = await infer(2n);
        sameTensor(y, floats([2, 2], 1, 2, 3, 4), exactly, 'the output after what the engine could not do');
      },
    },
    {
      ...common,
      id: 'model-runtime.inference.out-of-memory',
      rule: 'An inference that needs more memory than there is is refused, and the model goes on',
      why: 'one request that is too large would end the process',
      async run(t) {
        const runtime = await t.open();
        await using model = await runtime.load(inMemory(zeros));
        await t.refuses(() => zerosOf(model, tooMany), 'infer() of an output that fits into no memory', {
          code: 'AIWORK_OUT_OF_MEMORY',
          notApplied: false,
        });
        const y = await zerosOf(model, 2n);
        sameTensor(y, floats([2, 2], 0, 0, 0, 0), exactly, 'the output after one that fits into no memory');
      },
    },
  ],
};
