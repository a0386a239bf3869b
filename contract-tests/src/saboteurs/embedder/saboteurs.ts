import type { Embedder } from '@aiwork/core';
import type { Saboteur } from '../saboteur.ts';
import { endingSaboteurs } from './ending.ts';
import { limitSaboteurs } from './limits.ts';
import { secretSaboteurs } from './secrets.ts';
import { textSaboteurs } from './texts.ts';
import { vectorSaboteurs } from './vectors.ts';

/** Broken embedders, each with the checks that have to find it. */
export const embedderSaboteurs: readonly Saboteur<Embedder>[] = [
  ...vectorSaboteurs,
  ...textSaboteurs,
  ...limitSaboteurs,
  ...endingSaboteurs,
  ...secretSaboteurs,
];
