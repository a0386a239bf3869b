import { callsOf } from './calls.ts';
import { type Inputs, takeInputs } from './compiled-model.ts';
import { EngineFailure } from './engine-failure.ts';
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
  close(): void;
}

// The library has one place for the message of the last failure, so only one call that often fails is made at a time.
let turn: Promise<unknown> = Promise.resolve();

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = turn.then(work);
  turn = mine.catch(() => {});
  return mine;
}

/** Asks once more when an inference that failed at the same time has taken the message. */
async function said<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof EngineFailure && error.origin === 'unsaid') return work();
    throw error;
  }
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
    async read(source) {
      const model = await inTurn(() => said(() => readModel(calls, core, source)));
      return openModel(calls, core, model, { source, inTurn: (work) => inTurn(() => said(work)) });
    },
    takeInputs: (tensors) => takeInputs(calls, tensors),
    close: () => native.freeCore(core),
  };
}
