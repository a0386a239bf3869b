import type { LoadedModel, LoadOptions, ModelRuntime, ModelSource } from '@aiwork/core';
import { embedded, type Subject } from '../../engine/subject.ts';
import { inClients } from '../saboteur.ts';
import { createReferenceRuntime, type RuntimeParts } from './reference-runtime.ts';

/** A correct runtime: what saboteurs are made of. */
export const referenceModelRuntime = (changes: Partial<RuntimeParts> = {}): Subject<ModelRuntime> => ({
  secondClient: { skipped: 'two runtimes share nothing' },
  service: embedded,
  open: () => createReferenceRuntime(changes),
});

/** The mistake is in a part of every runtime. */
export const madeOf = (changes: Partial<RuntimeParts>) => () => referenceModelRuntime(changes);

/** The mistake is made in every model by itself. */
export const inModels = (
  breakIt: (model: LoadedModel, options: LoadOptions, source: ModelSource) => Partial<LoadedModel>,
) =>
  inClients<ModelRuntime>((runtime) => ({
    async load(source, options = {}) {
      const model = await runtime.load(source, options);
      return { ...model, ...breakIt(model, options, source) };
    },
  }));
