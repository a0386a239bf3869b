import type { AnyFlow } from '@aiwork/core';
import { addedTasks, airflowId, shortened } from '../airflow-id.ts';
import type { AirflowExportOptions } from '../options.ts';
import { bracketed, type Code } from '../python/layout.ts';
import { dictionary, literal, quote } from '../python/literal.ts';
import { createNames } from '../python/names.ts';
import type { DagPlan, PlannedTask } from './dag-plan.ts';
import { outputMayBeLost } from './inlining.ts';
import { countSharers, priorityWeight } from './limits.ts';
import { createLosses, type Losses } from './losses.ts';
import { type FlowScope, type PlannedNodes, planNodes, type StepTasks } from './plan-nodes.ts';
import { planParams } from './plan-params.ts';
import { planSchedule } from './plan-schedule.ts';
import { type Arguments, timedelta } from './policies.ts';

/** Longest tag that Airflow takes. */
const maxTagLength = 100;

/**
 * The DAG that a checked flow becomes.
 *
 * @throws `AIWORK_UNSUPPORTED_CAPABILITY` with all that cannot be carried over.
 */
export function planFlow(flow: AnyFlow, options: AirflowExportOptions): DagPlan {
  const graph = flow.toGraph();
  const losses = createLosses(flow.id, options.approximate ?? false);
  const nameOf = createNames();
  const scope: FlowScope = { flow, path: '', prefix: '', isHandled: false };
  const planned = planNodes(
    { losses, pools: options.pools ?? {}, sharers: countSharers(flow), nameOf },
    scope,
  );
  const schedule = planSchedule(graph, losses);
  const { params, ...input } = planParams(graph, schedule?.input);
  const dagId = shortened(airflowId(flow.id));
  const args: Arguments = [
    ['dag_id', quote(dagId)],
    ...(dagId === flow.id ? [] : ([['dag_display_name', quote(flow.id)]] as const)),
    ['schedule', schedule?.timetable ?? 'None'],
    ['start_date', 'datetime(2000, 1, 1, tzinfo=timezone.utc)'],
    ['catchup', 'False'],
    ...carryFlowPolicy(flow, schedule !== undefined, losses),
    ...(options.maxActiveTasks === undefined
      ? []
      : ([['max_active_tasks', String(options.maxActiveTasks)]] as const)),
    ...(flow.tags.length > 0 ? ([['tags', tags(flow, losses)]] as const) : []),
    ['params', params],
    ['default_args', defaultArguments(flow, options)],
  ];
  losses.settle();
  return {
    dagId,
    flowId: flow.id,
    version: flow.version,
    arguments: args,
    input,
    items: [...planned.items, ...addedTo(flow, planned)],
    comments: losses.comments(),
  };
}

function carryFlowPolicy(flow: AnyFlow, isScheduled: boolean, losses: Losses): Arguments {
  const { timeout, concurrency, budget, rateLimit } = flow.policy;
  const { onFailure, onCancel } = flow.toGraph();
  if (typeof concurrency === 'object') {
    losses.note({
      what: 'a concurrency limit with a key',
      reason: 'Airflow limits the runs of one DAG by themselves',
      advice: 'give a number',
      instead: `at most ${concurrency.limit} runs of this DAG are at work`,
    });
  }
  for (const [what, value] of Object.entries({ budget, rateLimit })) {
    if (value === undefined) continue;
    losses.note({
      what: `${what} of the whole flow`,
      reason: 'Its steps are processes of their own, and nothing counts over all of them',
      advice: 'set it on its steps',
      instead: 'it is not held',
    });
  }
  if (timeout !== undefined && (onFailure || onCancel)) {
    losses.note({
      what: `${onFailure ? 'onFailure' : 'onCancel'} of a flow that has a timeout`,
      reason: 'Airflow skips every task of a run whose time is over, the one that would run it too',
      advice: 'give the steps a timeout instead',
      instead: 'it is not run when the time of the whole run is over',
    });
  }
  const limit = typeof concurrency === 'object' ? concurrency.limit : concurrency;
  // Scheduled runs do not overlap, however many others may.
  const most = isScheduled ? 1 : limit;
  return [
    ...(most === undefined ? [] : ([['max_active_runs', String(most)]] as const)),
    ...(timeout === undefined ? [] : ([['dagrun_timeout', timedelta(timeout)]] as const)),
  ];
}

function tags(flow: AnyFlow, losses: Losses): Code {
  for (const tag of flow.tags) {
    if (tag.length <= maxTagLength) continue;
    losses.note({
      what: `the tag "${tag.slice(0, 20)}…"`,
      reason: `Airflow takes ${maxTagLength} characters, and it has ${tag.length}`,
      advice: 'make it shorter',
      instead: 'its start is taken',
    });
  }
  const short = new Set(flow.tags.map((tag) => tag.slice(0, maxTagLength).toWellFormed()));
  return bracketed('[', [...short].sort().map(literal), ']');
}

function defaultArguments({ policy }: AnyFlow, { owner = 'airflow', pool }: AirflowExportOptions): Code {
  return dictionary([
    ['owner', quote(owner)],
    ...(pool === undefined ? [] : ([['pool', quote(pool)]] as const)),
    ...(policy.priority === undefined
      ? []
      : ([['priority_weight', priorityWeight(policy.priority)]] as const)),
    ['weight_rule', '"absolute"'],
    ['retries', '0'],
  ]);
}

/** Tasks that the flow does not have, and the DAG needs to end as the flow does. */
function addedTo(flow: AnyFlow, { steps, leaves, watched }: PlannedNodes): readonly PlannedTask[] {
  const { nodes, output, onFailure, onCancel } = flow.toGraph();
  const added: PlannedTask[] = [];
  if (outputMayBeLost(nodes, output)) {
    added.push({
      ...bare(addedTasks.output, 'Output'),
      arguments: [['trigger_rule', '"none_failed"']],
      upstream: steps.get(output)?.ends ?? [],
    });
  }
  if ((onFailure || onCancel) && leaves.length > 0) {
    const ids = (isMap: boolean) =>
      watched.filter((tasks: StepTasks) => tasks.isMap === isMap).map(({ taskId }) => quote(taskId));
    added.push({
      ...bare(addedTasks.ending, 'Ending'),
      arguments: [
        ['watched', bracketed('[', ids(false), ']')],
        ['watched_maps', bracketed('[', ids(true), ']')],
        ['has_failure', onFailure ? 'True' : 'False'],
        ['has_cancel', onCancel ? 'True' : 'False'],
      ],
      upstream: [...leaves, ...added],
      teardown: true,
    });
  }
  return added;
}

function bare(localId: string, operator: PlannedTask['operator']): PlannedTask {
  const variable = localId.replaceAll('-', '_');
  return {
    kind: 'task',
    operator,
    localId,
    taskId: localId,
    variable,
    arguments: [],
    upstream: [],
    comments: [],
  };
}
