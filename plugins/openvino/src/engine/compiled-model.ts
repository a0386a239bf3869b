import type { Tensor } from '@aiwork/core';
import type { Calls } from './calls.ts';
import { type Handle, layersAt, type NativeLayer, type Slot } from './native.ts';
import { type Port, portsOf } from './ports.ts';
import { fromEngine, toEngine } from './tensors.ts';

/** A model that is compiled for a device. */
export interface CompiledModel {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** What the compiled model says of itself, or `undefined` where it does not. */
  property(key: string): string | undefined;
  createRequest(): Request;
  /** What it may go on to read from, so that it has to live as long. */
  readonly held: readonly Uint8Array[];
  /** Gives it back to the engine; its requests have to be closed before. */
  close(): void;
}

/** Room for one inference at a time. */
export interface Request {
  /** Takes the inputs in the order of the model's. The engine's memory for them is freed in the end. */
  infer(inputs: readonly Handle[]): Promise<readonly Tensor[]>;
  /** Lets an inference that runs end early, and fail. */
  cancel(): void;
  /** Of the last inference. */
  layers(): readonly NativeLayer[];
  close(): void;
}

export interface Inputs {
  readonly handles: readonly Handle[];
  free(): void;
}

/** Copies the inputs of an inference into the engine's memory. */
export function takeInputs(calls: Calls, tensors: readonly Exclude<Tensor, { type: 'string' }>[]): Inputs {
  const handles: Handle[] = [];
  const free = (): void => {
    for (const handle of handles.splice(0)) calls.native.freeTensor(handle);
  };
  try {
    for (const tensor of tensors) handles.push(toEngine(calls, tensor));
  } catch (error) {
    free();
    throw error;
  }
  return { handles, free };
}

/** Takes a compiled model out of the slot it was written to. */
export function openCompiled(calls: Calls, slot: Slot<Handle>, held: readonly Uint8Array[]): CompiledModel {
  const { native, got, check } = calls;
  const [model] = slot;
  if (model === null) throw new Error('the engine gave no compiled model');
  try {
    const listed = got<string>((text) => native.getCompiledProperty(model, 'SUPPORTED_PROPERTIES', text));
    const supported = new Set(listed.split(/[\s,]+/));
    return {
      inputs: portsOf(calls, 'input', {
        count: (count) => native.countInputs(model, count),
        at: (index, port) => native.getInput(model, index, port),
      }),
      outputs: portsOf(calls, 'output', {
        count: (count) => native.countOutputs(model, count),
        at: (index, port) => native.getOutput(model, index, port),
      }),
      // One that is not there is not asked for: the failure would take the place of the message of another.
      property: (key) =>
        supported.has(key) ? got<string>((text) => native.getCompiledProperty(model, key, text)) : undefined,
      createRequest: () => openRequest(calls, model),
      held,
      close: () => native.freeCompiled(model),
    };
  } catch (error) {
    native.freeCompiled(model);
    throw error;
  }

  function openRequest({ inBackground }: Calls, of: Handle): Request {
    const request = got<Handle>((made) => native.createRequest(of, made));
    const outputs = Number(got<number | bigint>((count) => native.countOutputs(of, count)));
    return {
      async infer(inputs) {
        for (const [index, input] of inputs.entries()) check(native.setInput(request, index, input));
        await inBackground((done) => native.infer.async(request, done));
        return Array.from({ length: outputs }, (_, index) => {
          const tensor = got<Handle>((made) => native.getOutputTensor(request, index, made));
          try {
            return fromEngine(calls, tensor);
          } finally {
            native.freeTensor(tensor);
          }
        });
      },
      cancel: () => void native.cancel(request),
      layers() {
        const list = {};
        check(native.getProfile(request, list));
        try {
          return layersAt(list);
        } finally {
          native.freeProfile(list);
        }
      },
      close: () => native.freeRequest(request),
    };
  }
}
