import { callsOf } from './calls.ts';
import { type CompiledModel, type Inputs, openCompiled, takeInputs } from './compiled-model.ts';
import { bindNative, type Handle, type NativeProperty, type Slot, textsAt } from './native.ts';
import { type EngineSource, readModel } from './read-model.ts';

/** OpenVINO as this package needs it: nothing outside this folder sees a handle that it does not own. */
export interface Engine {
  /** Ids of devices whose drivers are there. */
  devices(): readonly string[];
  /** What a device says of itself. */
  property(device: string, key: string): string;
  /** Reads a model and compiles it. */
  compile(
    source: EngineSource,
    device: string,
    properties: Readonly<Record<string, string>>,
  ): Promise<CompiledModel>;
  /** Copies the inputs of an inference into memory of its own. */
  takeInputs(tensors: Parameters<typeof takeInputs>[1]): Inputs;
  close(): void;
}

/** Opens the library at an absolute path, whose version has been looked at. */
export function openEngine(file: string): Engine {
  const native = bindNative(file);
  const calls = callsOf(native);
  const core = calls.got<Handle>((slot) => native.createCore(slot));
  // The library has one place for the message of the last failure, so only one call may fail at a time.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work);
    turn = mine.catch(() => {});
    return mine;
  };

  return {
    devices() {
      const list = {};
      calls.check(native.getDevices(core, list));
      try {
        return textsAt(list);
      } finally {
        native.freeDevices(list);
      }
    },
    property: (device, key) => calls.got<string>((slot) => native.getProperty(core, device, key, slot)),
    compile: (source, device, properties) =>
      inTurn(async () => {
        const model = await readModel(calls, core, source);
        try {
          const list: NativeProperty[] = Object.entries(properties).map(([key, value]) => ({ key, value }));
          const slot: Slot<Handle> = [null];
          await calls.inBackground((done) =>
            native.compileModel.async(core, model, device, list.length, list, slot, done),
          );
          return openCompiled(calls, slot, 'held' in source ? source.held : []);
        } finally {
          native.freeModel(model);
        }
      }),
    takeInputs: (tensors) => takeInputs(calls, tensors),
    close: () => native.freeCore(core),
  };
}
