import type { Telemetry } from '@aiwork/core';
import type { TelemetryUnderTest } from '../../contracts/telemetry/telemetry-under-test.ts';
import { inClients } from '../saboteur.ts';
import { referenceTelemetry, remoteTelemetry } from './reference.ts';
import type { TelemetryRules } from './reference-telemetry.ts';

/** The mistake is in the telemetry; everything else of it stays. */
export const broken = (breakIt: (telemetry: Telemetry) => Partial<Telemetry>) =>
  inClients<TelemetryUnderTest>(({ telemetry }) => ({ telemetry: { ...telemetry, ...breakIt(telemetry) } }));

/** The mistake is in a rule that the reference follows. */
export const ruled = (changes: Partial<TelemetryRules>) => () => referenceTelemetry(changes);

/** The same, where the wire can be cut. */
export const ruledRemotely = (changes: Partial<TelemetryRules>) => () => remoteTelemetry(changes);

/** Sends nothing more from when `isOver` says so. */
export const silent = (isOver: () => boolean) =>
  broken(({ attempt, run, event }) => ({
    attempt(work, parent) {
      const span = attempt(work, parent);
      return isOver() ? { ...span, end: () => {} } : span;
    },
    run(work, parent) {
      const span = run(work, parent);
      return isOver() ? { ...span, end: () => {} } : span;
    },
    event(told) {
      if (!isOver()) event(told);
    },
  }));
