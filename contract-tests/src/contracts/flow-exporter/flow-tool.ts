import type { AnyFlow, CallOptions, ExportedFile } from '@aiwork/core';

/** A flow with the files that an exporter made of it. @since 0.1.0 */
export interface FlowExport {
  readonly flow: AnyFlow;
  readonly files: readonly ExportedFile[];
}

/** A task as the tool has it. @since 0.1.0 */
export interface ToolTask {
  readonly id: string;
  /**
   * The step that it is or belongs to, outermost first: `['outer', 'inner']` for step `inner` of the sub-flow that step
   * `outer` calls. Absent for a task that is there for the order alone.
   */
  readonly step?: readonly string[];
}

/** What the tool made of the files of one flow: its tasks and the order between them, or what it said instead. @since 0.1.0 */
export type Inspection =
  | {
      readonly tasks: readonly ToolTask[];
      /** Ids of two tasks, of which the second waits for the first. */
      readonly edges: readonly (readonly [before: string, after: string])[];
    }
  | { readonly refusal: string };

/** A flow that the tool is to run. @since 0.1.0 */
export interface ToolRun extends FlowExport {
  readonly input: unknown;
}

/** How a step ended in the tool. @since 0.1.0 */
export interface StepEnding {
  readonly status: 'succeeded' | 'failed' | 'skipped' | 'cancelled';
  /** What it gave, if it succeeded; left out where that is `undefined`. */
  readonly output?: unknown;
  /** How many attempts were made, where the tool knows. */
  readonly attempts?: number;
}

/** How a run ended in the tool. @since 0.1.0 */
export interface RunEnding {
  readonly status: 'succeeded' | 'failed';
  /** Of every step of the flow itself that was begun or skipped, by id. */
  readonly steps: ReadonlyMap<string, StepEnding>;
}

/**
 * The system that files are exported for, as the checks ask it. It is the real one: what it takes is known by nothing
 * else. A call gets many flows, for it may take seconds to start.
 *
 * @since 0.1.0
 */
export interface FlowTool {
  /** Reads the files of each export, which stand together in one place, and says what it sees, in their order. */
  inspectAll(exports: readonly FlowExport[], options?: CallOptions): Promise<readonly Inspection[]>;
  /**
   * Runs flows of `@aiwork/contract-tests/flows` to their ends, and says what they came to, in their order. Absent where
   * nothing can be run.
   */
  runAll?(runs: readonly ToolRun[], options?: CallOptions): Promise<readonly RunEnding[]>;
}
