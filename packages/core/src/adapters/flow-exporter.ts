import type { FlowGraph } from '../flow-graph.ts';
import type { CallOptions } from './adapter.ts';

/** A file an exporter writes; `path` is relative, with forward slashes. @since 0.1.0 */
export interface ExportedFile {
  readonly path: string;
  readonly content: string;
}

/** What an exporter looks at of a flow, which `defineFlow` or `fromGraph` made. @since 0.1.0 */
export interface ExportableFlow {
  readonly kind: 'flow';
  readonly id: string;
  toGraph(): FlowGraph;
  /** The units, code and schemas that the graph names. */
  parts(): { readonly units: object; readonly code: object; readonly schemas: object };
}

/**
 * Turns a flow into files of another system. It is given the flow and not its graph alone, because the policies of the
 * units and the graphs of the sub-flows that the graph names stand with the flow's parts.
 *
 * - Flows with equal graphs and equal units give equal bytes, whatever the order of keys in them.
 * - What cannot be carried over is refused with `AIWORK_UNSUPPORTED_CAPABILITY`, naming the flow, the step and the reason;
 *   nothing is dropped without a word. With `approximate`, what comes nearest is written instead, and the files say
 *   where it differs.
 * - A flow whose graph is malformed is refused as `fromGraph` refuses it, and an option that the exporter does not know
 *   with `AIWORK_INVALID_ARGUMENT`.
 *
 * @since 0.1.0
 */
export interface FlowExporter {
  /**
   * The system, in lower case, as in `airflow`. `aiwork export airflow` looks for a plugin that is named after it:
   * `airflow`, or ending in `/airflow` or `-airflow`.
   */
  readonly target: string;
  /** Options beside those of {@link ExportOptions} are the exporter's own. */
  export(flow: ExportableFlow, options?: ExportOptions): Promise<readonly ExportedFile[]>;
}

/** @since 0.1.0 */
export interface ExportOptions extends CallOptions {
  /** The module that exports the flow, for files that have to name it. `aiwork export` always gives it. */
  readonly file?: string;
  /** Whether to write what comes nearest where something cannot be carried over. Default `false`. */
  readonly approximate?: boolean;
  readonly [option: string]: unknown;
}
