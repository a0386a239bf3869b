import type { TelemetryUnderTest } from '../../contracts/telemetry/telemetry-under-test.ts';
import type { Saboteur } from '../saboteur.ts';
import { endingSaboteurs } from './ending.ts';
import { faultSaboteurs } from './faults.ts';
import { hostileSaboteurs } from './hostile.ts';
import { measurementSaboteurs } from './measurements.ts';
import { refusalSaboteurs } from './refusals.ts';
import { secretSaboteurs } from './secrets.ts';
import { spanSaboteurs } from './spans.ts';

/** For checks that wait for a telemetry to give up or to come back, or hand a hundred thousand spans to it. */
const deadlineMs = 30_000;
const patiently = (saboteur: Saboteur<TelemetryUnderTest>) => ({ ...saboteur, deadlineMs });

/** Broken telemetries, each with the checks that have to find it. */
export const telemetrySaboteurs: readonly Saboteur<TelemetryUnderTest>[] = [
  ...spanSaboteurs,
  ...measurementSaboteurs,
  ...hostileSaboteurs,
  ...endingSaboteurs,
  ...secretSaboteurs,
  ...[...faultSaboteurs, ...refusalSaboteurs].map(patiently),
];
