import type { ModelRuntime, Tensor } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { errorsTellNothing, showsNothing } from '../telling.ts';
import { withOnnx } from './loaded.ts';
import { inMemory, layer, layerApart, reshape } from './models.ts';

/** As text and as a number it is found in whatever is shown. */
const secret = 918_273_645;
const x: Tensor = { type: 'float32', shape: [4], data: Float32Array.of(secret, secret, secret, secret) };
const shown = [String(Math.fround(secret)), String(secret)];

export const secrets: CheckGroup<ModelRuntime> = {
  id: 'secrets',
  title: 'Secrets',
  checks: [
    {
      id: 'model-runtime.secrets.not-in-errors',
      rule: 'No error shows an element of a tensor or a weight',
      anchor: 'Adapter',
      why: 'what is inferred from is private, and errors go to logs that many may read',
      when: withOnnx,
      async run(t) {
        const runtime = await t.open();
        await using model = await runtime.load(inMemory(layer));
        await using fails = await runtime.load(inMemory(reshape));
        const to: Tensor = { type: 'int64', shape: [2], data: BigInt64Array.of(7n, 2n) };
        const weights = new Map([['other.bin', Buffer.from(`${secret}`)]]);
        const calls = [
          () => model.infer({ x }),
          () => model.infer({ x, y: x }),
          () => model.infer({ x: { ...x, type: 'int32' } as never }),
          () => model.infer({ x: [...x.data] as never }),
          () => fails.infer({ x, to }),
          () => runtime.load({ ...inMemory(layerApart), weights }),
          () => runtime.load({ model: Buffer.from(`${secret}`) }),
          () => runtime.load({ model: `${secret}` as never }),
        ];
        const errors = await Promise.all(
          calls.map((call) => t.refuses(call, 'a bad call', { notApplied: false })),
        );
        await model.close();
        errors.push(await t.refuses(() => model.infer({ x }), 'infer() after close()'));
        errorsTellNothing(t, errors, [...shown, ...t.secrets]);
      },
    },
    {
      id: 'model-runtime.secrets.not-in-the-runtime',
      rule: 'Inspecting a runtime or a model shows nothing of what was inferred from',
      anchor: 'Adapter',
      why: 'whole objects are logged when something goes wrong',
      when: withOnnx,
      async run(t) {
        const runtime = await t.open();
        await using model = await runtime.load(inMemory(layer));
        await model.infer({ x: { ...x, shape: [1, 4] } });
        showsNothing(t, [runtime, model], 'the runtime and its model', [...shown, ...t.secrets]);
      },
    },
  ],
};
