import type { RunStore } from '@aiwork/core';
import type { Saboteur } from '../saboteur.ts';
import { clientSaboteurs } from './clients.ts';
import { runFaultSaboteurs } from './faults.ts';
import { leaseRaceSaboteurs } from './lease-races.ts';
import { leaseSaboteurs } from './leases.ts';
import { listingSaboteurs } from './listing.ts';
import { readingSaboteurs } from './reading.ts';
import { recordSaboteurs } from './records.ts';
import { secretSaboteurs } from './secrets.ts';

/** Broken run stores, each with the checks that have to find it. */
export const runStoreSaboteurs: readonly Saboteur<RunStore>[] = [
  ...recordSaboteurs,
  ...readingSaboteurs,
  ...leaseSaboteurs,
  ...leaseRaceSaboteurs,
  ...listingSaboteurs,
  ...clientSaboteurs,
  ...secretSaboteurs,
  ...runFaultSaboteurs,
];
