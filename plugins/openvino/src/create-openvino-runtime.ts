import process from 'node:process';
import {
  type DeviceInfo,
  type LoadedModel,
  type LoadOptions,
  type ModelRuntime,
  type ModelSource,
  type Precision,
  UnsupportedCapabilityError,
} from '@aiwork/core';
import { checkLoadOptions, checkSignal, createCallGate } from '@aiwork/core/adapter-kit';
import { checkDevice, listDevices } from './devices.ts';
import { carriedTypes } from './engine/element-types.ts';
import { findLibrary } from './locate/find-library.ts';
import { abortable } from './model/abortable.ts';
import { loadModel } from './model/load-model.ts';
import { createSlots } from './model/slots.ts';
import type { OpenvinoOptions } from './options.ts';

// Calls of the engine wait on the threads that Node has for files and names; one is left for those.
const poolThreads = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4);
const threads = createSlots(Math.max(1, (Number.isInteger(poolThreads) ? poolThreads : 4) - 1));

/** What the engine may be told to compute in, on one device or another; integers come from the model. */
const choosable = (devices: readonly DeviceInfo[]): readonly Precision[] => [
  ...new Set(devices.flatMap(({ precisions }) => precisions).filter((precision) => precision !== 'int8')),
];

/** Left to itself, a device takes another precision instead of one that it does not have, without a word. */
function checkPrecision(
  precision: Precision | undefined,
  device: string,
  devices: readonly DeviceInfo[],
): void {
  const named = devices.find(({ id }) => id === device);
  if (precision === undefined || named === undefined || named.precisions.includes(precision)) return;
  throw new UnsupportedCapabilityError(
    `${device} does not compute in ${precision}: it has ${named.precisions.join(', ')}`,
  );
}

/**
 * Opens OpenVINO on this machine: reads ONNX, OpenVINO's IR, TensorFlow and TFLite, and runs them on processors, GPUs and
 * NPUs, as far as there are drivers. Nothing is downloaded.
 *
 * @throws `AIWORK_OPENVINO_UNAVAILABLE` when there is no OpenVINO, or none of a version that is known.
 * @example
 * ```ts no-run: needs OpenVINO
 * import { createOpenvinoRuntime } from '@aiwork/openvino';
 *
 * await using runtime = await createOpenvinoRuntime();
 * await using model = await runtime.load({ path: 'model.onnx' }, { hint: 'throughput' });
 * const { y } = await model.infer({ x: { type: 'float32', shape: [1, 2], data: Float32Array.of(1, 2) } });
 * console.log(model.ranOn, y?.data);
 * ```
 * @since 0.1.0
 */
export async function createOpenvinoRuntime({
  library: place,
  properties = {},
}: OpenvinoOptions = {}): Promise<ModelRuntime> {
  const library = await findLibrary(place);
  const { openEngine } = await import('./engine/engine.ts');
  const engine = openEngine(library.file);
  const devices = Object.freeze(listDevices(engine));
  const capabilities = Object.freeze({
    formats: Object.freeze(['onnx', 'openvino-ir', 'tensorflow', 'tflite'] as const),
    precisions: Object.freeze(choosable(devices)),
    types: Object.freeze([...carriedTypes]),
    compiledCache: true,
    computes64Bit: false,
  });
  const open = new Set<LoadedModel>();
  const gate = createCallGate('the runtime', async () => {
    await Promise.all([...open].map((model) => model.close()));
    await engine.close();
  });
  const close = (): Promise<void> => gate.close();

  async function load(source: ModelSource, options: LoadOptions): Promise<LoadedModel> {
    checkLoadOptions(options, capabilities);
    const device = options.device ?? devices[0]?.id ?? 'AUTO';
    checkDevice(device, devices);
    checkPrecision(options.precision, device, devices);
    const model = await loadModel(
      engine,
      source,
      { ...options, device },
      { threads, properties, closed: () => open.delete(model) },
    );
    open.add(model);
    return model;
  }

  return {
    capabilities,
    engine: Object.freeze({ name: 'OpenVINO', version: library.version ?? 'unknown' }),
    devices: ({ signal } = {}) =>
      gate.pass(async () => {
        checkSignal(signal);
        return devices;
      }),
    async load(source, { signal, ...loading } = {}) {
      let seen = true;
      try {
        return await abortable(signal, 'loading the model', () =>
          gate.pass(async () => {
            const model = await load(source, loading);
            // Nobody gets to see it any more.
            if (!seen) await model.close();
            return model;
          }),
        );
      } catch (error) {
        seen = false;
        throw error;
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
