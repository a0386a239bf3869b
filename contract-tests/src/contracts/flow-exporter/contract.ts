import type { Contract } from '../../engine/contract.ts';
import { ending } from './ending.ts';
import { files } from './files.ts';
import type { FlowExporterUnderTest } from './flow-exporter-under-test.ts';
import { hostile } from './hostile.ts';
import { refusals } from './refusals.ts';
import { results } from './results.ts';
import { structure } from './structure.ts';

/** What every `FlowExporter` has to do. @since 0.1.0 */
export const flowExporterContract: Contract<FlowExporterUnderTest> = {
  id: 'flow-exporter',
  version: '1.0',
  adapter: 'FlowExporter',
  groups: [structure, results, hostile, files, refusals, ending],
};
