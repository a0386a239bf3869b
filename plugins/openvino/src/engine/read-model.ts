import type { Calls } from './calls.ts';
import { type CompiledModel, openCompiled } from './compiled-model.ts';
import { elementNumbers } from './element-types.ts';
import type { Handle, NativeProperty, Slot } from './native.ts';
import { type Port, portsOf } from './ports.ts';

/** A file, or the bytes of ONNX or IR. Of IR, `weights` are what lies beside it in a file. */
export type EngineSource =
  | { readonly path: string }
  | {
      readonly bytes: Uint8Array;
      readonly weights?: Uint8Array;
      /** What the compiled model may go on to read from, so that it has to live as long. */
      readonly held: readonly Uint8Array[];
    };

/** Lets the engine read a model, on another thread. */
export async function readModel(
  { native, got, inBackground }: Calls,
  core: Handle,
  source: EngineSource,
): Promise<Handle> {
  const slot: Slot<Handle> = [null];
  if ('path' in source) {
    await inBackground((done) => native.readModel.async(core, source.path, null, slot, done));
    return taken(slot);
  }
  const { bytes, weights } = source;
  const tensor = weights && got<Handle>((made) => overBytes(weights, made));
  try {
    await inBackground((done) =>
      native.readModelBytes.async(core, bytes, bytes.byteLength, tensor ?? null, slot, done),
    );
    return taken(slot);
  } finally {
    if (tensor !== undefined) native.freeTensor(tensor);
  }

  function overBytes(data: Uint8Array, made: Slot<Handle>): number {
    const dims = BigInt64Array.of(BigInt(data.byteLength));
    return native.createTensorOver(elementNumbers.uint8, { rank: 1, dims }, data, made);
  }
}

function taken(slot: Slot<Handle>): Handle {
  const [handle] = slot;
  if (handle === null) throw new Error('the engine gave no model');
  return handle;
}

/** A model that is read, and not yet compiled. */
export interface ReadModel {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** Compiles it for a device. */
  compile(device: string, properties: Readonly<Record<string, string>>): Promise<CompiledModel>;
  /** Gives it back to the engine; what was compiled from it goes on. */
  close(): void;
}

/** Takes on a model that was read. */
export function openModel(calls: Calls, core: Handle, model: Handle, source: EngineSource): ReadModel {
  const { native, inBackground } = calls;

  try {
    return {
      inputs: portsOf(calls, 'input', {
        count: (slot) => native.countModelInputs(model, slot),
        at: (index, slot) => native.getModelInput(model, index, slot),
      }),
      outputs: portsOf(calls, 'output', {
        count: (slot) => native.countModelOutputs(model, slot),
        at: (index, slot) => native.getModelOutput(model, index, slot),
      }),
      async compile(device, properties) {
        const list: NativeProperty[] = Object.entries(properties).map(([key, value]) => ({ key, value }));
        const slot: Slot<Handle> = [null];
        await inBackground((done) =>
          native.compileModel.async(core, model, device, list.length, list, slot, done),
        );
        return openCompiled(calls, slot, 'held' in source ? source.held : []);
      },
      close: () => native.freeModel(model),
    };
  } catch (error) {
    native.freeModel(model);
    throw error;
  }
}
