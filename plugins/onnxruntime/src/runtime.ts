import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import {
  AiworkError,
  type DeviceInfo,
  type LoadedModel,
  type LoadOptions,
  type ModelRuntime,
  type ModelRuntimeCapabilities,
} from '@aiwork/core';
import { checkLoadOptions, checkSignal, createCallGate, untilAborted } from '@aiwork/core/adapter-kit';
import { carrySource, nameOfSource } from './carried-source.ts';
import { findDevices } from './devices.ts';
import { loadError } from './engine-errors.ts';
import { createLoadedModel } from './loaded-model.ts';
import type { Described, SessionSettings } from './messages.ts';
import { withOpenShapes } from './open-shapes.ts';
import { type SessionThread, startSessionThread } from './session-thread.ts';

const capabilities: ModelRuntimeCapabilities = Object.freeze({
  formats: Object.freeze(['onnx'] as const),
  precisions: Object.freeze([]),
  types: Object.freeze([
    'float64',
    'float32',
    'float16',
    'int64',
    'int32',
    'int16',
    'int8',
    'uint64',
    'uint32',
    'uint16',
    'uint8',
    'bool',
    'string',
  ] as const),
  computes64Bit: true,
  compiledCache: false,
});

/** How many sessions there are of a model, and how many threads each has. */
function sharing({ hint = 'latency', streams, threads }: LoadOptions): { streams: number; threads: number } {
  const processors = availableParallelism();
  const sessions = streams ?? (hint === 'throughput' ? processors : 1);
  return { streams: sessions, threads: threads ?? Math.max(1, Math.floor(processors / sessions)) };
}

function engineVersion(): string {
  const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
  return version;
}

/**
 * ONNX Runtime as a model runtime. Each model has a thread of its own, or one for each of its `streams`; nothing is started,
 * and no native library loaded, before the first model is.
 *
 * @example
 * ```ts
 * import { writeOnnx } from '@aiwork/onnx-format';
 * import { createOnnxRuntime } from '@aiwork/onnxruntime';
 *
 * await using runtime = createOnnxRuntime();
 * const model = await runtime.load({
 *   model: writeOnnx({
 *     opsets: { '': 17 },
 *     inputs: [{ name: 'x', type: 'float32', shape: ['n'] }],
 *     outputs: [{ name: 'y', type: 'float32', shape: ['n'] }],
 *     nodes: [{ operator: 'Neg', inputs: ['x'], outputs: ['y'] }],
 *   }),
 * });
 * const { y } = await model.infer({ x: { type: 'float32', shape: [2], data: Float32Array.of(1, -2) } });
 * console.log(y?.data); // Float32Array(2) [ -1, 2 ]
 * ```
 * @since 0.1.0
 */
export function createOnnxRuntime(): ModelRuntime {
  const models = new Set<LoadedModel>();
  const endings = new Set<Promise<void>>();
  let devices: Promise<readonly DeviceInfo[]> | undefined;

  async function closeModels(): Promise<void> {
    await Promise.all([...models].map((model) => model.close()));
    await Promise.all(endings);
  }
  const gate = createCallGate('the runtime', closeModels);

  async function close(): Promise<void> {
    // What is asked of the models from now on comes too late, not only when the last load has ended.
    await Promise.all([closeModels(), gate.close()]);
  }

  /** Nobody waits for a thread whose session nobody wants, except who closes the runtime. */
  function abandon(threads: readonly SessionThread[], started: readonly Promise<unknown>[]): void {
    const ending = Promise.allSettled(started)
      .then(() => Promise.all(threads.map((thread) => thread.end())))
      .then(() => void endings.delete(ending));
    endings.add(ending);
  }

  async function requireDevice(id: string, signal: AbortSignal | undefined): Promise<void> {
    devices ??= findDevices();
    const found = signal ? await untilAborted(devices, signal) : await devices;
    if (found.some((device) => device.id === id)) return;
    throw new AiworkError(
      'AIWORK_DEVICE_UNAVAILABLE',
      `ONNX Runtime cannot use "${id}" here: it can use ${found.map((device) => `"${device.id}"`).join(', ')}`,
      { outcome: 'not-applied' },
    );
  }

  async function open(
    ...[source, options]: Required<Parameters<ModelRuntime['load']>>
  ): Promise<LoadedModel> {
    const { device = 'cpu', profiling = false, signal } = options;
    if (device !== 'cpu') await requireDevice(device, signal);
    const { streams, threads: sessionThreads } = sharing(options);
    const settings: SessionSettings = { provider: device, threads: sessionThreads, profiling };
    const threads: SessionThread[] = [];

    async function startStream(): Promise<Described> {
      // Before anything is waited for: a thread takes long to start.
      const thread = startSessionThread();
      threads.push(thread);
      const carried = await carrySource(source, signal);
      return thread.ask('load', { source: carried.source, settings }, carried.transfer);
    }

    const started = Array.from({ length: streams }, startStream);
    try {
      const loading = Promise.all(started);
      const [first] = signal ? await untilAborted(loading, signal) : await loading;
      if (first === undefined) throw new Error('a model has at least one stream');
      const described = await withOpenShapes(first, source);
      signal?.throwIfAborted();
      const model = createLoadedModel({
        described,
        settings,
        threads,
        closed: () => models.delete(model),
      });
      models.add(model);
      return model;
    } catch (error) {
      abandon(threads, started);
      throw error;
    }
  }

  return {
    capabilities,
    engine: Object.freeze({ name: 'onnxruntime', version: engineVersion() }),
    devices: ({ signal } = {}) =>
      gate.pass(async () => {
        checkSignal(signal);
        devices ??= findDevices();
        try {
          return signal ? await untilAborted(devices, signal) : await devices;
        } catch (error) {
          checkSignal(signal);
          throw error;
        }
      }),
    load: (source, options = {}) =>
      gate.pass(async () => {
        checkSignal(options.signal);
        const name = nameOfSource(source);
        checkLoadOptions(options, capabilities);
        try {
          return await open(source, options);
        } catch (error) {
          checkSignal(options.signal);
          throw loadError(error, name, options.device ?? 'cpu');
        }
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
}
