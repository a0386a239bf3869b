import {
  defineSubject,
  embedded,
  type FlowTool,
  flowExporterContract,
  flowExporterUnderTest,
} from '@aiwork/contract-tests';
import { createFlowExporter } from './src/flow-exporter.ts';

/** The system that is exported for, asked by its own importer and runner: nothing else knows what it takes. */
const tool: FlowTool = {
  // Reads the files of each flow, and says which tasks and edges it sees. Called with many at once.
  async inspectAll(exports) {
    throw new Error('not implemented yet: FlowTool.inspectAll');
  },
  // runAll(runs): where it can run flows. Their code is `@aiwork/contract-tests/flows`, a module of flows.
};

/** What is checked. */
export default defineSubject({
  contract: flowExporterContract,
  name: 'my-plugin',
  package: new URL('./package.json', import.meta.url),
  // Where the tool is a service, give a ServiceSource: README.md, "Check it on its service".
  service: embedded,
  // What the tool has nothing for has to be refused, and everything else to be taken.
  open: () => flowExporterUnderTest(createFlowExporter(), tool, { unsupported: [] }),
});
