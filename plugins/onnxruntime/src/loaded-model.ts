import { AiworkError, type CallOptions, type LoadedModel, type Tensor } from '@aiwork/core';
import { checkInputs, checkSignal, createCallGate, invalidArgument } from '@aiwork/core/adapter-kit';
import { inferenceError } from './engine-errors.ts';
import { giveInputs } from './given-inputs.ts';
import { createLanes } from './lanes.ts';
import { layerProfiles } from './layer-profiles.ts';
import type { Described, SessionSettings } from './messages.ts';
import type { SessionThread } from './session-thread.ts';

export interface ModelParts {
  readonly described: Described;
  readonly settings: SessionSettings;
  /** Each has a session of this model. */
  readonly threads: readonly SessionThread[];
  /** Is called when it has been closed. */
  readonly closed: () => void;
}

/** A signal that aborts tells of it as every adapter does; what the engine says otherwise has a code. */
function failure(error: unknown, { signal }: CallOptions): AiworkError {
  try {
    checkSignal(signal);
    return inferenceError(error);
  } catch (cancelled) {
    return cancelled as AiworkError;
  }
}

/** The engine takes a string to end at a zero. */
function checkStrings(tensors: Readonly<Record<string, Tensor>>): void {
  for (const [name, { type, data }] of Object.entries(tensors)) {
    if (type !== 'string' || !data.some((text) => text.includes('\0'))) continue;
    throw new AiworkError(
      'AIWORK_TENSOR_TYPE',
      `a string of input "${name}" has U+0000 in it, where ONNX Runtime would cut it off: leave it out`,
      { outcome: 'not-applied' },
    );
  }
}

export function createLoadedModel({ described, settings, threads, closed }: ModelParts): LoadedModel {
  const { inputs: infos, outputs } = described;
  const lanes = createLanes(threads);
  const gate = createCallGate('the model', async () => {
    await Promise.all(threads.map((thread) => thread.end()));
    closed();
  });

  async function checked<T>(
    tensors: Readonly<Record<string, Tensor>>,
    options: CallOptions,
    work: () => Promise<T>,
  ): Promise<T> {
    return gate.pass(async () => {
      checkSignal(options.signal);
      checkInputs(tensors, infos);
      checkStrings(tensors);
      try {
        return await work();
      } catch (error) {
        throw failure(error, options);
      }
    });
  }

  return {
    inputs: infos,
    outputs,
    ranOn: Object.freeze({ device: settings.provider }),
    infer: (tensors, options = {}) =>
      checked(tensors, options, () => {
        const { inputs, transfer } = giveInputs(tensors, options);
        return lanes.use((thread) => thread.ask('run', { inputs }, transfer), options.signal);
      }),
    profile: (tensors, options = {}) =>
      checked(tensors, options, async () => {
        if (!settings.profiling) {
          throw invalidArgument('this model was not loaded to be profiled: load it with { profiling: true }');
        }
        const { inputs, transfer } = giveInputs(tensors, {});
        return layerProfiles(
          await lanes.use((thread) => thread.ask('profile', { inputs }, transfer), options.signal),
        );
      }),
    close: () => gate.close(),
    [Symbol.asyncDispose]: () => gate.close(),
  };
}
