import { createHash } from 'node:crypto';
import { type AnyFlow, type ExportedFile, type FlowExporter, fromGraph } from '@aiwork/core';
import { checkSignal } from '@aiwork/core/adapter-kit';
import { type AirflowExportOptions, checkOptions } from './options.ts';
import { tasksOf } from './plan/dag-plan.ts';
import { planFlow } from './plan/plan-flow.ts';
import { printDag } from './python/print-dag.ts';

/**
 * A flow as an Airflow DAG: one Python file, for Airflow 2.11 and 3, whose tasks run the flow's steps by
 * `aiwork task run`. The same flow and options give the same bytes.
 *
 * @throws `AIWORK_UNSUPPORTED_CAPABILITY` with each step and policy that Airflow has nothing for, `AIWORK_INVALID_ARGUMENT`
 * for an option that is none, and as `fromGraph` does for a malformed flow.
 * @example
 * ```ts
 * import { exportFlow } from '@aiwork/airflow';
 * import { defineFlow } from '@aiwork/core';
 * import { z } from 'zod';
 *
 * const flow = defineFlow({ id: 'greet', input: z.object({ name: z.string() }) }, (f) =>
 *   f.step('greeting', { needs: { input: f.input }, run: ({ input }) => `hello ${input.name}` }),
 * );
 * const [file] = exportFlow(flow, { file: 'flows/greet.ts' });
 * console.log(file?.path); // greet.py
 * ```
 * @since 0.1.0
 */
export function exportFlow(flow: AnyFlow, options: AirflowExportOptions): readonly ExportedFile[] {
  checkOptions(options);
  // Checks the graph, and puts each step behind those it needs.
  const plan = planFlow(fromGraph(flow.toGraph(), flow.parts()), options);
  return [{ path: fileName(plan.dagId), content: printDag(plan, options) }];
}

/** Ids that differ only in case are files of their own also where file systems do not see that. */
function fileName(dagId: string): string {
  if (dagId === dagId.toLowerCase()) return `${dagId}.py`;
  return `${dagId}-${createHash('sha256').update(dagId).digest('hex').slice(0, 8)}.py`;
}

/** A task of the DAG that a flow becomes. @since 0.1.0 */
export interface AirflowTask {
  readonly taskId: string;
  /** The step it is of, with the calls it is within, as in `review/summarise`; absent for what the flow does not have. */
  readonly stepId?: string;
  /** What of the step it does; `run` is all of it. */
  readonly part?: 'run' | 'when' | 'over' | 'item' | 'input';
}

/**
 * The tasks of the DAG that {@link exportFlow} writes, in its order.
 *
 * @throws As {@link exportFlow}.
 * @example
 * ```ts
 * import { airflowTasks } from '@aiwork/airflow';
 * import { defineFlow } from '@aiwork/core';
 * import { z } from 'zod';
 *
 * const flow = defineFlow({ id: 'tea', input: z.object({}) }, (f) => f.step('boil water', { run: () => 100 }));
 * console.log(airflowTasks(flow, { file: 'flows/tea.ts' })); // [ { taskId: 'boil_u20_water', stepId: 'boil water', part: 'run' } ]
 * ```
 * @since 0.1.0
 */
export function airflowTasks(flow: AnyFlow, options: AirflowExportOptions): readonly AirflowTask[] {
  checkOptions(options);
  const plan = planFlow(fromGraph(flow.toGraph(), flow.parts()), options);
  return tasksOf(plan.items).map(({ taskId, stepId, part }) => ({
    taskId,
    ...(stepId !== undefined && { stepId }),
    ...(part && { part }),
  }));
}

/**
 * The exporter that `airflow()` provides; what is not in the options of a call is as in `defaults`.
 *
 * @example
 * ```ts
 * import { airflowExporter } from '@aiwork/airflow';
 *
 * console.log(airflowExporter({ owner: 'data-team' }).target); // airflow
 * ```
 * @since 0.1.0
 */
export function airflowExporter(defaults: Partial<AirflowExportOptions> = {}): FlowExporter {
  checkOptions({ file: '-', ...defaults });
  return Object.freeze({
    target: 'airflow',
    async export(flow: AnyFlow, options: Readonly<Record<string, unknown>> = {}) {
      checkSignal(options['signal'] as AbortSignal | undefined);
      const all: Readonly<Record<string, unknown>> = { ...defaults, ...options };
      checkOptions(all);
      return exportFlow(flow, all);
    },
  });
}
