import type { Memory } from '@aiwork/core';
import type { Saboteur } from '../saboteur.ts';
import { clientSaboteurs } from './clients.ts';
import { documentSaboteurs } from './documents.ts';
import { memoryFaultSaboteurs } from './faults.ts';
import { filterSaboteurs } from './filters.ts';
import { searchSaboteurs } from './searching.ts';
import { secretSaboteurs } from './secrets.ts';
import { vectorSaboteurs } from './vectors.ts';

/** Broken memories, each with the checks that have to find it. */
export const memorySaboteurs: readonly Saboteur<Memory>[] = [
  ...documentSaboteurs,
  ...searchSaboteurs,
  ...filterSaboteurs,
  ...vectorSaboteurs,
  ...clientSaboteurs,
  ...secretSaboteurs,
  ...memoryFaultSaboteurs,
];
