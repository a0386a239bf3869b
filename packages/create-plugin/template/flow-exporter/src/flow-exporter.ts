import type { AnyFlow, ExportedFile, ExportOptions, FlowExporter } from '@aiwork/core';
import { checkSignal, invalidArgument, requireGraph } from '@aiwork/core/adapter-kit';

// The contract is the TSDoc of `FlowExporter` in @aiwork/core. [flow-exporter.structure] names the checks that hold a
// line to it: `npx aiwork-contract explain ID` says what one is about.

export interface FlowExporterOptions {
  /** The system that is exported for. Default: the name of this package. */
  readonly target?: string;
}

const known = ['approximate', 'file', 'signal'];

export function createFlowExporter({ target = 'my-plugin' }: FlowExporterOptions = {}): FlowExporter {
  return {
    target,

    // A task for each step, an edge for each need and each reference in an input: `edgesOf` finds both.
    // [flow-exporter.structure] Run by the tool, steps give what they give here. [flow-exporter.results]
    // Names and texts are anything: write them through one function that makes literals. [flow-exporter.hostile]
    // The same flow gives the same bytes, whatever the order of its keys. [flow-exporter.files]
    // What the tool has nothing for is an UnsupportedCapabilityError that names flow and step. [flow-exporter.refusals]
    async export(flow: AnyFlow, options: ExportOptions = {}): Promise<readonly ExportedFile[]> {
      checkSignal(options.signal);
      const unknown = Object.keys(options).find((option) => !known.includes(option));
      if (unknown !== undefined) throw invalidArgument(`there is no option "${unknown}": leave it out`);
      requireGraph(flow.toGraph());
      throw new Error('not implemented yet: FlowExporter.export');
    },
  };
}
