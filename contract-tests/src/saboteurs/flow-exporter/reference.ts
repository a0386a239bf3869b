import {
  type FlowExporterUnderTest,
  flowExporterUnderTest,
} from '../../contracts/flow-exporter/flow-exporter-under-test.ts';
import { embedded, type Subject } from '../../engine/subject.ts';
import { referenceExporter, unsupported } from './reference-exporter.ts';
import { referenceTool } from './reference-tool.ts';

/** A correct exporter with its tool: what saboteurs are made of. */
export const referenceFlowExporter = (): Subject<FlowExporterUnderTest> => ({
  secondClient: true,
  service: embedded,
  open: () => flowExporterUnderTest(referenceExporter, referenceTool, { unsupported }),
});
