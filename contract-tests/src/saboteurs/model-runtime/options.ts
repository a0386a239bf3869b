import type { ModelRuntime } from '@aiwork/core';
import type { Saboteur } from '../saboteur.ts';
import { inModels, madeOf, referenceModelRuntime } from './reference.ts';
import { correctParts } from './reference-runtime.ts';

const { capabilities, checkOptions } = correctParts;

const catches = (name: string, message: string) => [{ check: `model-runtime.options.${name}`, message }];

export const optionSaboteurs: readonly Saboteur<ModelRuntime>[] = [
  {
    id: 'can-be-changed',
    breaks: 'Gives capabilities that are not frozen',
    caughtBy: catches('declared', 'capabilities to be frozen'),
    sabotage: madeOf({ capabilities: { ...capabilities, types: [...capabilities.types] } }),
  },
  {
    id: 'lists-what-is-not-there',
    breaks: 'Lists a device that it cannot use',
    caughtBy: catches('devices', 'there is no device "gpu"'),
    sabotage: madeOf({
      devices: ['cpu', 'gpu'],
      checkOptions: (options) => checkOptions(options, ['cpu']),
    }),
  },
  {
    id: 'says-what-was-asked-for',
    breaks: 'Says of a model that it ran on the last device of the list',
    caughtBy: [
      ...catches('devices', 'what a model ran on for which no device was named'),
      ...catches('profile', 'what an operation of the profile ran on'),
    ],
    sabotage: () =>
      inModels((_model, { device = 'gpu' }) => ({ ranOn: { device } }))(
        referenceModelRuntime({ devices: ['cpu', 'gpu'] }),
      ),
  },
  {
    id: 'takes-another-device',
    breaks: 'Runs a model on the processor where the device is not there',
    caughtBy: catches('no-such-device', 'load() for a device that is not there to be refused'),
    sabotage: madeOf({
      checkOptions: ({ device: _, ...options }, devices) => checkOptions(options, devices),
    }),
  },
  {
    id: 'fast-and-wrong',
    breaks: 'Is fast by computing with less',
    caughtBy: catches('sharing', 'of the output with {"hint":"throughput"}'),
    sabotage: inModels((model, { hint }) => ({
      async infer(inputs, options) {
        const outputs = await model.infer(inputs, options);
        const { y } = outputs;
        if (hint !== 'throughput' || y?.type !== 'float32') return outputs;
        return { ...outputs, y: { ...y, data: y.data.map((x) => Math.round(x * 4) / 4 + 0.01) } };
      },
    })),
  },
  {
    id: 'ignores-options',
    breaks: 'Ignores options that make no sense, or that it does not have',
    caughtBy: catches('refused', 'load() with {"threads":0} to be refused'),
    sabotage: madeOf({
      checkOptions: ({ device }, devices) => checkOptions({ ...(device && { device }) }, devices),
    }),
  },
  {
    id: 'ignores-what-it-lacks',
    breaks: 'Ignores a precision that it does not have',
    caughtBy: catches('refused', 'load() with {"precision":"fp32"} to be refused'),
    sabotage: madeOf({
      checkOptions: ({ precision: _, ...options }, devices) => checkOptions(options, devices),
    }),
  },
  {
    id: 'profiles-nothing',
    breaks: 'Gives an empty profile',
    caughtBy: catches('profile', 'at least one operation in a profile'),
    sabotage: inModels((model) => ({
      async profile(inputs, options) {
        await model.profile(inputs, options);
        return [];
      },
    })),
  },
  {
    id: 'measures-nothing',
    breaks: 'Gives times that are none',
    caughtBy: catches('profile', 'a time in milliseconds'),
    sabotage: inModels((model) => ({
      profile: async (inputs, options) =>
        (await model.profile(inputs, options)).map((layer) => ({ ...layer, timeMs: Number.NaN })),
    })),
  },
];
