import type { FlowExporterUnderTest } from '../../contracts/flow-exporter/flow-exporter-under-test.ts';
import type { Saboteur } from '../saboteur.ts';
import { fileSaboteurs } from './files.ts';
import { hostileSaboteurs } from './hostile.ts';
import { refusalSaboteurs } from './refusals.ts';
import { resultSaboteurs } from './results.ts';
import { structureSaboteurs } from './structure.ts';

/** Broken exporters, each with the checks that have to find it. */
export const flowExporterSaboteurs: readonly Saboteur<FlowExporterUnderTest>[] = [
  ...structureSaboteurs,
  ...resultSaboteurs,
  ...hostileSaboteurs,
  ...fileSaboteurs,
  ...refusalSaboteurs,
];
