import type { Adapter, FlowExporter } from '@aiwork/core';
import type { FlowTool } from './flow-tool.ts';
import type { FlowFeature } from './flows/features.ts';

/**
 * What a subject knows about its exporter.
 *
 * @since 0.1.0
 */
export interface FlowExporterFacts {
  /** What of flows the exporter refuses by default. Everything else it has to take. Default: nothing. */
  readonly unsupported?: readonly FlowFeature[];
  /** Options that it is given with every flow, such as how tasks are started. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/** What the checks know of an exporter. @since 0.1.0 */
export interface FlowExporterCapabilities extends Required<Pick<FlowExporterFacts, 'unsupported'>> {
  /** Whether the tool can run what was exported. */
  readonly runs: boolean;
}

/** An exporter as the checks see it: `capabilities` are its facts. @since 0.1.0 */
export interface FlowExporterUnderTest extends Adapter<FlowExporterCapabilities> {
  readonly exporter: FlowExporter;
  readonly tool: FlowTool;
  /** What it is given with every flow. */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * An exporter with the tool it exports for and what is known about it, for the `open` of a subject.
 *
 * @since 0.1.0
 */
export function flowExporterUnderTest(
  exporter: FlowExporter,
  tool: FlowTool,
  { unsupported = [], options = {} }: FlowExporterFacts = {},
): FlowExporterUnderTest {
  const close = async () => {};
  const capabilities = { unsupported, runs: tool.runAll !== undefined };
  return { exporter, tool, options, capabilities, close, [Symbol.asyncDispose]: close };
}
