import type { LoadOptions, ModelRuntime } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { isDeepFrozen } from '../deep-frozen.ts';
import { infersLayer, withOnnx } from './loaded.ts';
import { floats, inMemory, layer } from './models.ts';

export const options: CheckGroup<ModelRuntime> = {
  id: 'options',
  title: 'Capabilities, devices and options',
  checks: [
    {
      id: 'model-runtime.options.declared',
      rule: 'Capabilities are frozen and name at least one format and one type; the engine has a name and a version',
      anchor: 'ModelRuntimeCapabilities',
      why: 'users choose a runtime by what it says of itself',
      async run(t) {
        const { capabilities, engine } = await t.open();
        t.that(isDeepFrozen(capabilities), 'capabilities to be frozen', capabilities);
        t.that(capabilities.formats.length > 0, 'a format of model files', capabilities.formats);
        t.that(capabilities.types.includes('float32'), 'float32 among the types', capabilities.types);
        t.that(
          /\S/.test(engine.name) && /\d/.test(engine.version),
          'the name and version of an engine',
          engine,
        );
      },
    },
    {
      id: 'model-runtime.options.devices',
      rule: 'Every device that is listed runs a model, which says that it ran there; the first is the default',
      anchor: 'ModelRuntime.devices',
      why: 'a device that is listed and does not work is found out in production',
      when: withOnnx,
      async run(t) {
        const runtime = await t.open();
        const devices = await runtime.devices();
        const ids = devices.map(({ id }) => id);
        t.that(
          ids.length > 0 && new Set(ids).size === ids.length,
          'devices, each with an id of its own',
          ids,
        );
        for (const device of ids) {
          await using model = await runtime.load(inMemory(layer), { device });
          await infersLayer(model, `the output on ${device}`);
          t.same(model.ranOn.device, device, 'what a model that was loaded for a device ran on');
        }
        await using model = await runtime.load(inMemory(layer));
        t.same(model.ranOn.device, ids[0], 'what a model ran on for which no device was named');
      },
    },
    {
      id: 'model-runtime.options.no-such-device',
      rule: 'A device that is not there is refused by its name, and no other takes its place',
      anchor: 'LoadOptions.device',
      why: 'a model that is meant for a graphics card runs on the processor, slowly, and nobody knows',
      when: withOnnx,
      async run(t) {
        const runtime = await t.open();
        const error = await t.refuses(
          () => runtime.load(inMemory(layer), { device: 'abacus' }),
          'load() for a device that is not there',
          { code: 'AIWORK_DEVICE_UNAVAILABLE' },
        );
        t.that(error.message.includes('abacus'), 'the message to name the device', error.message);
      },
    },
    {
      id: 'model-runtime.options.sharing',
      rule: 'However many threads and streams a model has, and whatever it is to be fast at, it infers the same',
      anchor: 'LoadOptions',
      why: 'settings of speed must not change answers',
      when: withOnnx,
      async run(t) {
        const runtime = await t.open();
        const settings: LoadOptions[] = [
          { threads: 1 },
          { threads: 2, streams: 2 },
          { hint: 'throughput' },
          { hint: 'latency', streams: 1 },
        ];
        for (const setting of settings) {
          await using model = await runtime.load(inMemory(layer), setting);
          const calls = Array.from({ length: 8 }, (_, n) =>
            infersLayer(model, `the output with ${JSON.stringify(setting)}`, [n]),
          );
          await Promise.all(calls);
        }
      },
    },
    {
      id: 'model-runtime.options.refused',
      rule: 'Options that make no sense, or that the runtime does not have, are refused',
      anchor: 'LoadOptions',
      why: 'an option that is ignored is believed to work',
      when: withOnnx,
      async run(t) {
        const runtime = await t.open();
        const { precisions, compiledCache } = t.capabilities;
        const senseless = [{ threads: 0 }, { threads: 1.5 }, { streams: -1 }, { hint: 'speed' }];
        for (const setting of senseless as LoadOptions[]) {
          const what = `load() with ${JSON.stringify(setting)}`;
          await t.refuses(() => runtime.load(inMemory(layer), setting), what, {
            code: 'AIWORK_INVALID_ARGUMENT',
          });
        }
        const absent: LoadOptions[] = [
          ...(['fp32', 'fp16', 'bf16', 'int8'] as const).flatMap((precision) =>
            precisions.includes(precision) ? [] : [{ precision }],
          ),
          ...(compiledCache ? [] : [{ cacheDir: 'compiled' }]),
        ];
        for (const setting of absent) {
          const what = `load() with ${JSON.stringify(setting)}`;
          await t.refuses(() => runtime.load(inMemory(layer), setting), what, {
            code: 'AIWORK_UNSUPPORTED_CAPABILITY',
          });
        }
      },
    },
    {
      id: 'model-runtime.options.profile',
      rule: 'A profile names the operations that ran, each with its time, on the device that `ranOn` says',
      anchor: 'LoadedModel.profile',
      why: 'who looks for what is slow would look in the wrong place',
      when: withOnnx,
      async run(t) {
        const runtime = await t.open();
        const x = floats([1, 4], 1, 2, 3, 4);
        await using model = await runtime.load(inMemory(layer), { profiling: true });
        const layers = await model.profile({ x });
        t.that(layers.length > 0, 'at least one operation in a profile', layers);
        for (const { name, operation, device, timeMs } of layers) {
          t.that(name !== '' && operation !== '', 'an operation with a name', { name, operation });
          t.that(Number.isFinite(timeMs) && timeMs >= 0, 'a time in milliseconds', timeMs);
          t.same(device, model.ranOn.device, 'what an operation of the profile ran on');
        }
        await infersLayer(model, 'the output of a model that was profiled');
        await t.refuses(() => model.profile({}), 'profile() without an input', {
          code: 'AIWORK_MISSING_INPUT',
        });
        await using other = await runtime.load(inMemory(layer));
        await t.refuses(() => other.profile({ x }), 'profile() of a model that was not loaded for it', {
          code: 'AIWORK_INVALID_ARGUMENT',
        });
      },
    },
  ],
};
