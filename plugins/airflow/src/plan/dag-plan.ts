import type { Code } from '../python/layout.ts';

/** Which operator of the generated file a task is. */
export type OperatorName = 'Step' | 'Sleep' | 'Wait' | 'Race' | 'Output' | 'Ending';

/** What of a step a task does: `run` all of it. */
export type Part = 'run' | 'when' | 'over' | 'item' | 'input';

export interface PlannedTask {
  readonly kind: 'task';
  readonly operator: OperatorName;
  /** As Airflow knows it, with the groups it is in. */
  readonly taskId: string;
  /** Within its group. */
  readonly localId: string;
  /** The variable that it is. */
  readonly variable: string;
  /** The step, with the calls it is within, as in `review/summarise`. Absent for what the flow does not have. */
  readonly stepId?: string;
  readonly part?: Part;
  readonly arguments: readonly (readonly [name: string, value: Code])[];
  /** The task that gives the list it is run for each of. */
  readonly over?: PlannedTask;
  readonly upstream: readonly PlannedTask[];
  /** Whether it runs at the end of the run, however that comes. */
  readonly teardown?: boolean;
  readonly comments: readonly string[];
}

/** A sub-flow. */
export interface PlannedGroup {
  readonly kind: 'group';
  readonly localId: string;
  readonly variable: string;
  readonly items: readonly PlannedItem[];
}

export type PlannedItem = PlannedTask | PlannedGroup;

/** A DAG, ready to be printed. */
export interface DagPlan {
  readonly dagId: string;
  readonly flowId: string;
  readonly version: string;
  /** Arguments of the DAG, in their order. */
  readonly arguments: readonly (readonly [name: string, value: Code])[];
  readonly input: PlannedInput;
  readonly items: readonly PlannedItem[];
  readonly comments: readonly string[];
}

/** How the flow's input stands in the parameters of a DAG run. */
export interface PlannedInput {
  /** Whether their fields are its fields, or one of them is it. */
  readonly form: 'fields' | 'whole';
  /** Those that may be left out, which are then `None`, and whether `None` can be meant, too. */
  readonly optional: Readonly<Record<string, boolean>>;
}

/** All tasks, those of sub-flows included. */
export function tasksOf(items: readonly PlannedItem[]): readonly PlannedTask[] {
  return items.flatMap((item) => (item.kind === 'task' ? [item] : tasksOf(item.items)));
}
