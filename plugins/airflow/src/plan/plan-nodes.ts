import { type AnyFlow, type FlowNode, inputStepId } from '@aiwork/core';
import { edgesOf, handledFailures } from '@aiwork/core/adapter-kit';
import { addedTasks, airflowId, maxIdLength, shortened } from '../airflow-id.ts';
import { dictionary, quote } from '../python/literal.ts';
import type { OperatorName, Part, PlannedItem, PlannedTask } from './dag-plan.ts';
import { isInlined } from './inlining.ts';
import { carryLimits, isFlow, type LimitsContext, unitOf } from './limits.ts';
import { noteStep, noteUndo, noteWaitInside } from './node-losses.ts';
import { type Arguments, effectivePolicy, retryArguments, timedelta, timeoutArguments } from './policies.ts';

/** What is the same for a flow and its sub-flows. */
export interface Planning extends LimitsContext {
  readonly nameOf: (text: string) => string;
}

/** A flow whose steps are planned: the one that is exported, or one that a step of it calls. */
export interface FlowScope {
  readonly flow: AnyFlow;
  /** What comes before ids of steps, as in `review/`. */
  readonly path: string;
  /** What comes before ids of tasks, as in `review.`. */
  readonly prefix: string;
  /** The task that gives the sub-flow's input. */
  readonly input?: PlannedTask;
  readonly isHandled: boolean;
}

/** Where others find what a step gave. */
export interface StepTasks {
  readonly taskId: string;
  /** Whether its output is a list with an answer for each item. */
  readonly isMap: boolean;
  /** The tasks after which it is over. */
  readonly ends: readonly PlannedTask[];
}

export interface PlannedNodes {
  readonly items: readonly PlannedItem[];
  readonly steps: ReadonlyMap<string, StepTasks>;
  /** The tasks that no other waits for. */
  readonly leaves: readonly PlannedTask[];
  /** Steps whose failure fails the run. */
  readonly watched: readonly StepTasks[];
}

type Described = Partial<PlannedTask> & { readonly operator: OperatorName; readonly localId: string };

/** Plans the steps of a flow, each behind those it needs. */
export function planNodes(planning: Planning, scope: FlowScope): PlannedNodes {
  const { losses } = planning;
  const { flow, path, prefix, input } = scope;
  const { nodes } = flow.toGraph();
  const order = new Map(nodes.map((node, i) => [node.id, i]));
  const dependents: number[][] = nodes.map(() => []);
  nodes.forEach((node, i) => {
    for (const id of edgesOf(node)) dependents[order.get(id) as number]?.push(i);
  });
  const handled = handledFailures(nodes, dependents);
  const steps = new Map<string, StepTasks>();
  const items: PlannedItem[] = [];
  const watched: StepTasks[] = [];
  const needed = new Set<PlannedTask>();
  if (input) steps.set(inputStepId, { taskId: input.taskId, isMap: false, ends: [input] });

  function add(task: Described): PlannedTask {
    const { localId, stepId = localId, upstream = [], ...rest } = task;
    const variable = planning.nameOf(localId.endsWith(`.${task.part}`) ? `${stepId} ${task.part}` : stepId);
    const planned: PlannedTask = {
      kind: 'task',
      taskId: prefix + localId,
      localId,
      stepId,
      variable,
      arguments: [],
      comments: [],
      ...rest,
      upstream,
    };
    for (const other of upstream) needed.add(other);
    if (planned.over) needed.add(planned.over);
    items.push(planned);
    return planned;
  }

  function plan(node: FlowNode, index: number): StepTasks {
    const { id } = node;
    const stepId = path + id;
    const unit = unitOf(node, flow);
    const localId = shortened(airflowId(id), maxIdLength - prefix.length - 5);
    const edges = [...edgesOf(node)].sort((a, b) => (order.get(a) as number) - (order.get(b) as number));
    const ends = edges.flatMap((edge) => steps.get(edge)?.ends ?? []);
    const upstream = ends.length > 0 ? [...new Set(ends)] : input ? [input] : [];
    const lenient = node.onError === 'continue';
    const limits = carryLimits(node, unit, stepId, planning);
    const policy = effectivePolicy(node, unit);
    const attempts: Arguments = [...retryArguments(policy), ...timeoutArguments(policy), ...limits];
    const rule = triggerRule(node, upstream.length > 0);
    const whole = { stepId, upstream };
    noteUndo(node, stepId, losses);

    /** Arguments of a task that asks aiwork to do `part`. */
    const asking = (part: Part, ...more: Arguments): Arguments => [
      ['step', quote(stepId)],
      ...(part === 'run' ? [] : ([['part', quote(part)]] as const)),
      ...needsArguments(edges, steps),
      ...withinArgument(input),
      ...lenientArgument(lenient),
      ...more,
    ];
    /** The task that says whether, and when, a task that asks nobody may begin. */
    const gate = (): PlannedTask | undefined =>
      node.when
        ? add({
            ...whole,
            operator: 'Step',
            localId: `${localId}.when`,
            part: 'when',
            arguments: asking('when', ...rule),
          })
        : input;
    const gated = (
      operator: OperatorName,
      localArguments: Arguments,
      behind: Arguments = rule,
    ): StepTasks => {
      const before = gate();
      const task = add({
        stepId,
        operator,
        localId,
        arguments: [
          ...localArguments,
          ...(before ? ([['gate', quote(before.taskId)]] as const) : []),
          ...(node.when ? ([['trigger_rule', '"none_failed"']] as const) : behind),
          ...displayName(id, localId),
        ],
        upstream: node.when && before ? [before] : upstream,
        comments: losses.comments(stepId),
      });
      return { taskId: task.taskId, isMap: false, ends: [task] };
    };

    if (node.kind === 'sleep' && typeof node.for !== 'object') {
      return gated('Sleep', [['duration', timedelta(node.for)]]);
    }
    noteStep(node, unit, stepId, losses);
    if (node.kind === 'wait') {
      const expires = node.expires === undefined ? [] : ([['timeout', timedelta(node.expires)]] as const);
      return gated('Wait', [...expires, ...(lenient ? ([['soft_fail', 'True']] as const) : [])]);
    }
    if (node.kind === 'race') {
      return gated('Race', [...needsArguments(edges, steps), ...lenientArgument(lenient)]);
    }
    if (unit && isFlow(unit) && isInlined({ node, flow: unit, index, dependents, nodes, prefix })) {
      return planGroup(node, unit, whole, localId, [...asking('input'), ...rule], handled[index] as boolean);
    }
    noteWaitInside(unit, stepId, losses);
    if (node.kind === 'map') {
      const over = add({
        ...whole,
        operator: 'Step',
        localId: `${localId}.over`,
        part: 'over',
        arguments: [...asking('over'), ...rule],
      });
      const each: Arguments = [
        ['step', quote(stepId)],
        ['part', '"item"'],
        ...withinArgument(input),
        ...lenientArgument(lenient),
        ...attempts,
        ...displayName(id, localId),
      ];
      const task = add({
        stepId,
        operator: 'Step',
        localId,
        part: 'item',
        arguments: each,
        over,
        comments: losses.comments(stepId),
      });
      return { taskId: task.taskId, isMap: true, ends: [task] };
    }
    // The rounds of a loop have attempts of their own, inside the task.
    const own = node.kind === 'loop' ? limits : attempts;
    const task = add({
      ...whole,
      operator: 'Step',
      localId,
      part: 'run',
      arguments: [...asking('run'), ...rule, ...own, ...displayName(id, localId)],
      comments: losses.comments(stepId),
    });
    return { taskId: task.taskId, isMap: false, ends: [task] };
  }

  /** A sub-flow as a group: a task that gives its input, and its steps behind that. */
  function planGroup(
    { id }: FlowNode,
    unit: AnyFlow,
    whole: Pick<PlannedTask, 'stepId' | 'upstream'>,
    localId: string,
    asked: Arguments,
    isHandled: boolean,
  ): StepTasks {
    const groupId = shortened(localId, 60);
    const groupPath = `${path}${id}/`;
    const groupPrefix = `${prefix}${groupId}.`;
    const given: PlannedTask = {
      kind: 'task',
      operator: 'Step',
      ...whole,
      localId: addedTasks.input,
      taskId: groupPrefix + addedTasks.input,
      variable: planning.nameOf(`${path}${id} input`),
      part: 'input',
      arguments: asked,
      comments: [],
    };
    for (const other of given.upstream) needed.add(other);
    const inner = planNodes(planning, {
      flow: unit,
      path: groupPath,
      prefix: groupPrefix,
      input: given,
      isHandled: scope.isHandled || isHandled,
    });
    watched.push(...inner.watched);
    items.push({
      kind: 'group',
      localId: groupId,
      variable: planning.nameOf(`${path}${id} group`),
      items: [given, ...inner.items],
    });
    const output = inner.steps.get(unit.toGraph().output) as StepTasks;
    return { ...output, ends: inner.leaves.length > 0 ? inner.leaves : [given] };
  }

  nodes.forEach((node, index) => {
    const tasks = plan(node, index);
    steps.set(node.id, tasks);
    const isGroup = tasks.ends.some(({ stepId }) => stepId !== path + node.id);
    if (!handled[index] && !scope.isHandled && !isGroup) watched.push(tasks);
  });
  const leaves = [...steps.values()]
    .flatMap(({ ends }) => ends)
    .filter((task) => !needed.has(task) && task !== input);
  return { items, steps, leaves, watched };
}

/**
 * A step runs when what it needs has succeeded or was skipped. One that reports, or whose failure the flow goes on
 * without, also when something failed: the process that runs it knows what follows from that.
 */
function triggerRule(node: FlowNode, needsOthers: boolean): Arguments {
  if (!needsOthers) return [];
  const lenient = node.onError === 'continue';
  const rule =
    node.kind === 'settle' || lenient ? 'all_done' : node.kind === 'race' ? 'one_success' : 'none_failed';
  return [['trigger_rule', quote(rule)]];
}

/** Where a task finds what the steps it needs gave, apart for those that answer with a list. */
function needsArguments(edges: readonly string[], steps: ReadonlyMap<string, StepTasks>): Arguments {
  const entries = (isMap: boolean) =>
    edges.flatMap((id) => {
      const tasks = steps.get(id) as StepTasks;
      return tasks.isMap === isMap ? [[id, quote(tasks.taskId)] as const] : [];
    });
  const [plain, lists] = [entries(false), entries(true)];
  return [
    ...(plain.length > 0 ? [['needs', dictionary(plain)] as const] : []),
    ...(lists.length > 0 ? [['maps', dictionary(lists)] as const] : []),
  ];
}

const withinArgument = (input: PlannedTask | undefined): Arguments =>
  input ? [['within', quote(input.taskId)]] : [];

const lenientArgument = (lenient: boolean): Arguments => (lenient ? [['lenient', 'True']] : []);

/** What Airflow's page shows where the id could not stay as it is. */
export const displayName = (id: string, localId: string): Arguments =>
  id === localId ? [] : [['task_display_name', quote(id)]];
