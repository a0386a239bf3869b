import type { ModelRuntime } from '@aiwork/core';
import type { Saboteur } from '../saboteur.ts';
import { endingSaboteurs } from './ending.ts';
import { inferenceSaboteurs } from './inference.ts';
import { loadingSaboteurs } from './loading.ts';
import { optionSaboteurs } from './options.ts';
import { secretSaboteurs } from './secrets.ts';
import { tensorSaboteurs } from './tensors.ts';

/** Broken model runtimes, each with the checks that have to find it. */
export const modelRuntimeSaboteurs: readonly Saboteur<ModelRuntime>[] = [
  ...loadingSaboteurs,
  ...optionSaboteurs,
  ...tensorSaboteurs,
  ...inferenceSaboteurs,
  ...endingSaboteurs,
  ...secretSaboteurs,
];
