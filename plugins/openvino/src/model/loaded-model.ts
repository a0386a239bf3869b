import type { InferOptions, LayerProfile, LoadedModel, Precision, Tensor } from '@aiwork/core';
import { checkInputs, createCallGate, invalidArgument } from '@aiwork/core/adapter-kit';
import type { CompiledModel, Inputs, Request } from '../engine/compiled-model.ts';
import { abortable } from './abortable.ts';
import { inferenceError } from './engine-errors.ts';
import { createSlots, type Slots } from './slots.ts';
import { tensorInfos } from './tensor-infos.ts';

/** What is the same for every compiled form of a model. */
export interface ModelContext {
  /** Copies tensors into the engine's memory. */
  readonly take: (tensors: readonly Exclude<Tensor, { type: 'string' }>[]) => Inputs;
  /** Places of this process for calls that hold up a thread. */
  readonly threads: Slots;
  readonly profiling: boolean;
  readonly quantized: boolean;
  readonly what: string;
}

const precisions: Readonly<Record<string, Precision>> = { f32: 'fp32', f16: 'fp16', bf16: 'bf16' };

/** A compiled model as the contract has it: checks, waits for room, and closes in order. */
export function loadedModel(
  compiled: CompiledModel,
  context: ModelContext,
  afterwards: () => Promise<void>,
): LoadedModel {
  const inputs = tensorInfos(compiled.inputs, context.what);
  const outputs = tensorInfos(compiled.outputs, context.what);
  const withRequest = requestsOf(compiled, context.threads);
  const lastRanOn = (): LoadedModel['ranOn'] =>
    Object.freeze({ device: executionDevices(compiled), ...precisionOf(compiled, context.quantized) });
  let ranOn = lastRanOn();
  let isOpen = true;
  const gate = createCallGate('the model', async () => {
    ranOn = lastRanOn();
    isOpen = false;
    withRequest.close();
    compiled.close();
    await afterwards();
  });

  function take(tensors: Readonly<Record<string, Tensor>>): Inputs {
    checkInputs(tensors, inputs);
    const inOrder = inputs.flatMap(({ name }) => {
      const tensor = tensors[name];
      return tensor === undefined || tensor.type === 'string' ? [] : [tensor];
    });
    try {
      return context.take(inOrder);
    } catch (error) {
      throw inferenceError(error);
    }
  }

  const run = <T>(
    tensors: Readonly<Record<string, Tensor>>,
    { signal }: InferOptions,
    read: (results: readonly Tensor[], request: Request) => T,
  ): Promise<T> =>
    abortable(signal, 'the inference', () =>
      gate.pass(async () => {
        const taken = take(tensors);
        try {
          return await withRequest.run(signal, async (request) =>
            read(await request.infer(taken.handles), request),
          );
        } catch (error) {
          throw inferenceError(error);
        } finally {
          taken.free();
        }
      }),
    );

  const close = (): Promise<void> => gate.close();
  return {
    inputs,
    outputs,
    /** `AUTO` begins on one device and goes on on another, so it is asked each time. */
    get ranOn() {
      if (isOpen) ranOn = lastRanOn();
      return ranOn;
    },
    infer: (tensors, options = {}) =>
      run(tensors, options, (results) =>
        Object.fromEntries(results.map((result, index) => [outputs[index]?.name ?? '', result])),
      ),
    async profile(tensors, options = {}) {
      if (!context.profiling) {
        throw invalidArgument('the model was loaded without profiling: load it with { profiling: true }');
      }
      return run(tensors, options, (_, request) => layersOf(request, executionDevices(compiled)));
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Requests of a model, as many as it has room for, made when they are first needed. */
function requestsOf(compiled: CompiledModel, threads: Slots) {
  const room = Number(compiled.property('OPTIMAL_NUMBER_OF_INFER_REQUESTS') ?? 1);
  const places = createSlots(Math.max(1, room));
  const idle: Request[] = [];

  async function within<T>(
    slots: Slots,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    const leave = await slots.take(signal);
    try {
      return await work();
    } finally {
      leave();
    }
  }

  async function withCancel<T>(
    signal: AbortSignal | undefined,
    work: (request: Request) => Promise<T>,
  ): Promise<T> {
    const request = idle.pop() ?? compiled.createRequest();
    const cancel = (): void => request.cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await work(request);
    } finally {
      signal?.removeEventListener('abort', cancel);
      idle.push(request);
    }
  }

  return {
    run: <T>(signal: AbortSignal | undefined, work: (request: Request) => Promise<T>): Promise<T> =>
      within(places, signal, () => within(threads, signal, () => withCancel(signal, work))),
    close(): void {
      for (const request of idle.splice(0)) request.close();
    },
  };
}

/** In brackets stand those that `AUTO` is about to leave. */
const executionDevices = (compiled: CompiledModel): string =>
  (compiled.property('EXECUTION_DEVICES') ?? '')
    .replaceAll(/[()]/g, '')
    .trim()
    .split(/[\s,]+/)
    .join(', ');

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
