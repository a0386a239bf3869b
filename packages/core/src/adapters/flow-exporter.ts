import type { FlowGraph } from '../flow-graph.ts';
import type { CallOptions } from './adapter.ts';

/** A file an exporter writes; `path` is relative, with forward slashes. @since 0.1.0 */
export interface ExportedFile {
  readonly path: string;
  readonly content: string;
}

/**
 * Turns a flow's graph into files of another system. Equal graphs give equal bytes; what cannot be carried over is an
 * error that names the step and the reason, never dropped.
 *
 * @since 0.1.0
 */
export interface FlowExporter {
  readonly target: string;
  export(
    graph: FlowGraph,
    options?: CallOptions & Readonly<Record<string, unknown>>,
  ): Promise<readonly ExportedFile[]>;
}
