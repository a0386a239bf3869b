import type { Duration } from './duration.ts';
import type { Policy, Retry } from './policy.ts';
import type { JsonSchema } from './schema.ts';

/**
 * A place in a graph where code stands: `code` names an entry of the flow's parts.
 *
 * @since 0.1.0
 */
export interface CodeRef {
  readonly code: string;
}

/**
 * An input value with references in it, as data. `ref` points at the output of step `step`, at `path` within it; `list`
 * and `fields` hold further bindings; `value` is a constant.
 *
 * @since 0.1.0
 */
export type Binding =
  | { readonly ref: { readonly step: string; readonly path: readonly string[] } }
  | { readonly list: readonly Binding[] }
  | { readonly fields: Readonly<Record<string, Binding>> }
  | { readonly value: unknown };

/** A unit by kind and id. @since 0.1.0 */
export interface UnitRef {
  readonly kind: string;
  readonly id: string;
}

/** A {@link Policy} as data: code is named, not held. @since 0.1.0 */
export type PolicyData = Omit<Policy, 'retry'> & {
  readonly retry?: Omit<Retry, 'retryOn'> & { readonly retryOn?: CodeRef };
};

/** Common to all nodes. @since 0.1.0 */
export interface NodeBase {
  readonly id: string;
  /** The name under which this step's code sees each step it needs, to that step's id (`$input` for the flow's input). */
  readonly needs: Readonly<Record<string, string>>;
  readonly policy?: PolicyData;
  readonly onError?: 'continue';
  /** Present on steps that may be skipped. */
  readonly when?: CodeRef;
  /** What takes the step's effect back. */
  readonly undo?: CodeRef;
}

type Node<K extends string, Fields> = NodeBase & { readonly kind: K } & Fields;

/** One step of a flow, as data. @since 0.1.0 */
export type FlowNode =
  | Node<'step', { readonly run: CodeRef }>
  | Node<'settle', { readonly run: CodeRef }>
  | Node<'race', unknown>
  | Node<'call', { readonly unit: UnitRef; readonly input: Binding }>
  | Node<'map', { readonly unit: UnitRef; readonly over: CodeRef | Binding }>
  | Node<
      'loop',
      {
        readonly unit: UnitRef;
        readonly from: CodeRef | Binding;
        readonly until: CodeRef;
        readonly maxRounds: number;
      }
    >
  | Node<
      'wait',
      {
        readonly payload: string;
        readonly payloadSchema?: JsonSchema;
        readonly prompt?: CodeRef;
        readonly expires?: Duration;
      }
    >
  | Node<'sleep', { readonly for: Duration | CodeRef }>;

/** When a flow starts by itself. @since 0.1.0 */
export interface Schedule {
  /** Five fields (minute to weekday), or six with seconds first. */
  readonly cron: string;
  /** IANA name, such as `Europe/Zurich`. Default `UTC`. */
  readonly timezone?: string;
  /** What to do when the last scheduled run is still going. Default `skip`. */
  readonly overlap?: 'skip' | 'queue' | 'cancel-previous';
  /** Whether times missed while no worker ran are made up for, one run for the latest of them. Default `false`. */
  readonly catchUp?: boolean;
  readonly input?: unknown;
}

/**
 * A flow as data: what can be drawn, compared, exported, edited and printed as TypeScript again.
 *
 * @since 0.1.0
 */
export interface FlowGraph {
  /** Version of this format. */
  readonly format: 1;
  readonly id: string;
  readonly version: string;
  /** In the order of definition. */
  readonly nodes: readonly FlowNode[];
  /** Id of the step whose output is the flow's. */
  readonly output: string;
  readonly inputSchema?: JsonSchema;
  readonly tags?: readonly string[];
  readonly policy?: PolicyData;
  readonly schedules?: readonly Schedule[];
  readonly onFailure?: UnitRef;
  readonly onCancel?: UnitRef;
  /** SHA-256 over all of the above but `version`: equal graphs have equal hashes. */
  readonly hash: string;
}

/** Id by which needs and bindings name the flow's own input. @since 0.1.0 */
export const inputStepId = '$input';
