import type { StateStore } from '@aiwork/core';
import type { Saboteur } from '../saboteur.ts';
import { capabilitySaboteurs } from './capabilities.ts';
import { clientSaboteurs } from './clients.ts';
import { endingSaboteurs } from './ending.ts';
import { stateFaultSaboteurs } from './faults.ts';
import { keySaboteurs } from './keys.ts';
import { ttlSaboteurs } from './ttl.ts';
import { valueSaboteurs } from './values.ts';
import { versionSaboteurs } from './versions.ts';

/** Broken state stores, each with the checks that have to find it. */
export const stateStoreSaboteurs: readonly Saboteur<StateStore>[] = [
  ...valueSaboteurs,
  ...keySaboteurs,
  ...versionSaboteurs,
  ...ttlSaboteurs,
  ...clientSaboteurs,
  ...capabilitySaboteurs,
  ...endingSaboteurs,
  ...stateFaultSaboteurs,
];
