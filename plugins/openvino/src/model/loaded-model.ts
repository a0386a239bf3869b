import {
  AiworkError,
  type InferOptions,
  type LayerProfile,
  type LoadedModel,
  type Precision,
  type Tensor,
  type TensorInfo,
  UnsupportedCapabilityError,
} from '@aiwork/core';
import { checkInputs, checkSignal, createCallGate, untilAborted } from '@aiwork/core/adapter-kit';
import type { CompiledModel, Inputs, Request } from '../engine/compiled-model.ts';
import type { Port } from '../engine/ports.ts';
import { inferenceError } from './engine-errors.ts';
import type { Slots } from './slots.ts';
import { createSlots } from './slots.ts';

export interface LoadedModelParts {
  readonly compiled: CompiledModel;
  /** Copies tensors into the engine's memory. */
  readonly take: (tensors: readonly Exclude<Tensor, { type: 'string' }>[]) => Inputs;
  /** Places of this process for calls that hold up a thread. */
  readonly threads: Slots;
  readonly profiling: boolean;
  readonly quantized: boolean;
  readonly what: string;
  /** What is left to do when the model is closed. */
  readonly afterwards: () => Promise<void>;
}

const precisions: Readonly<Record<string, Precision>> = { f32: 'fp32', f16: 'fp16', bf16: 'bf16' };

function infoOf({ name, type, shape }: Port, what: string): TensorInfo {
  if (type === undefined) {
    throw new UnsupportedCapabilityError(
      `"${name}" of ${what} has an element type that cannot be carried: convert it in the model to one that can`,
    );
  }
  if (shape === undefined) {
    throw new UnsupportedCapabilityError(
      `"${name}" of ${what} does not say how many dimensions it has: say so where the model is exported`,
    );
  }
  return Object.freeze({ name, type, shape: Object.freeze([...shape]) });
}

/** Outputs may leave even the number of their dimensions open: they are read as they come. */
const outputOf = (port: Port, what: string): TensorInfo =>
  infoOf({ ...port, shape: port.shape ?? ['…'] }, what);

/** A compiled model as the contract has it: checks, waits for room, and closes in order. */
export function loadedModel(parts: LoadedModelParts): LoadedModel {
  const { compiled, threads, what } = parts;
  const inputs = Object.freeze(compiled.inputs.map((port) => infoOf(port, what)));
  const outputs = Object.freeze(compiled.outputs.map((port) => outputOf(port, what)));
  const room = Number(compiled.property('OPTIMAL_NUMBER_OF_INFER_REQUESTS') ?? 1);
  const places = createSlots(Math.max(1, room));
  const idle: Request[] = [];
  const gate = createCallGate('the model', async () => {
    for (const request of idle.splice(0)) request.close();
    compiled.close();
    await parts.afterwards();
  });

  async function withRequest<T>(
    signal: AbortSignal | undefined,
    work: (request: Request) => Promise<T>,
  ): Promise<T> {
    const leavePlace = await places.take(signal);
    try {
      const leaveThread = await threads.take(signal);
      try {
        const request = idle.pop() ?? compiled.createRequest();
        const cancel = (): void => request.cancel();
        signal?.addEventListener('abort', cancel, { once: true });
        try {
          return await work(request);
        } finally {
          signal?.removeEventListener('abort', cancel);
          idle.push(request);
        }
      } finally {
        leaveThread();
      }
    } finally {
      leavePlace();
    }
  }

  async function run<T>(
    tensors: Readonly<Record<string, Tensor>>,
    { signal }: InferOptions,
    read: (results: readonly Tensor[], request: Request) => T,
  ): Promise<T> {
    checkInputs(tensors, inputs);
    const taken = takeOrExplain(tensors);
    try {
      return await withRequest(signal, async (request) => read(await request.infer(taken.handles), request));
    } catch (error) {
      throw inferenceError(error);
    } finally {
      taken.free();
    }
  }

  function takeOrExplain(tensors: Readonly<Record<string, Tensor>>): Inputs {
    try {
      return parts.take(
        inputs.flatMap(({ name }) => {
          const tensor = tensors[name];
          return tensor === undefined || tensor.type === 'string' ? [] : [tensor];
        }),
      );
    } catch (error) {
      throw inferenceError(error);
    }
  }

  /** Lets a caller go at once when the signal aborts, while the engine ends what it has begun. */
  async function call<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    checkSignal(signal);
    const done = gate.pass(work);
    if (signal === undefined) return done;
    try {
      return await untilAborted(done, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      throw new AiworkError('AIWORK_CANCELLED', 'the inference was aborted', { cause: signal.reason });
    }
  }

  const ranOn = Object.freeze({
    device: (compiled.property('EXECUTION_DEVICES') ?? '')
      .trim()
      .split(/[\s,]+/)
      .join(', '),
    ...precisionOf(compiled, parts.quantized),
  });
  const close = (): Promise<void> => gate.close();

  return {
    inputs,
    outputs,
    ranOn,
    infer: (tensors, options = {}) =>
      call(options.signal, () =>
        run(tensors, options, (results) =>
          Object.fromEntries(
            outputs.flatMap(({ name }, index) => {
              const result = results[index];
              return result === undefined ? [] : [[name, result]];
            }),
          ),
        ),
      ),
    profile(tensors, options = {}) {
      return call(options.signal, async () => {
        if (!parts.profiling) {
          throw new UnsupportedCapabilityError(
            'the model was loaded without profiling: load it with profiling: true',
          );
        }
        return run(tensors, options, (_, request) => layersOf(request, ranOn.device));
      });
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Where some of a model computes in integers, the precision of its floats would be half of the truth. */
function precisionOf(compiled: CompiledModel, quantized: boolean): { readonly precision?: Precision } {
  const precision = quantized ? undefined : precisions[compiled.property('INFERENCE_PRECISION_HINT') ?? ''];
  return precision === undefined ? {} : { precision };
}

/** What was carried out, in the engine's order; what it made part of another layer took no time of its own. */
function layersOf(request: Request, device: string): readonly LayerProfile[] {
  const executed = 2;
  return request
    .layers()
    .filter(({ status }) => status === executed)
    .map(({ nodeName, nodeType, realTime }) => ({
      name: nodeName,
      operation: nodeType,
      device,
      timeMs: Number(realTime) / 1000,
    }));
}
