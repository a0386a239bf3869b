import { callsOf } from './calls.ts';
import { type Inputs, takeInputs } from './compiled-model.ts';
import { bindNative, type Handle, textsAt } from './native.ts';
import { type EngineSource, openModel, type ReadModel, readModel } from './read-model.ts';

/** OpenVINO as this package needs it: nothing outside this folder sees a handle that it does not own. */
export interface Engine {
  /** Ids of devices whose drivers are there. */
  devices(): readonly string[];
  /** What a device says of itself. */
  property(device: string, key: string): string;
  read(source: EngineSource): Promise<ReadModel>;
  /** Copies the inputs of an inference into memory of its own. */
  takeInputs(tensors: Parameters<typeof takeInputs>[1]): Inputs;
  close(): Promise<void>;
}

/** Opens the library at an absolute path, whose version has been looked at. */
export function openEngine(file: string): Engine {
  const native = bindNative(file);
  const calls = callsOf(native);
  const core = calls.got<Handle>((slot) => native.createCore(slot));
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
    read: async (source) => openModel(calls, core, await readModel(calls, core, source), source),
    takeInputs: (tensors) => takeInputs(calls, tensors),
    close: () => calls.alone(() => native.freeCore(core)),
  };
}
