import type { Cache } from '@aiwork/core';
import type { Saboteur } from '../saboteur.ts';
import { capabilitySaboteurs } from './capabilities.ts';
import { clientSaboteurs } from './clients.ts';
import { endingSaboteurs } from './ending.ts';
import { evictionSaboteurs } from './eviction.ts';
import { cacheFaultSaboteurs } from './faults.ts';
import { keySaboteurs } from './keys.ts';
import { memorySaboteurs } from './memory.ts';
import { raceSaboteurs } from './races.ts';
import { secretSaboteurs } from './secrets.ts';
import { ttlSaboteurs } from './ttl.ts';
import { valueSaboteurs } from './values.ts';

/** Broken caches, each with the checks that have to find it. */
export const cacheSaboteurs: readonly Saboteur<Cache>[] = [
  ...valueSaboteurs,
  ...memorySaboteurs,
  ...evictionSaboteurs,
  ...keySaboteurs,
  ...ttlSaboteurs,
  ...clientSaboteurs,
  ...raceSaboteurs,
  ...capabilitySaboteurs,
  ...endingSaboteurs,
  ...secretSaboteurs,
  ...cacheFaultSaboteurs,
];
