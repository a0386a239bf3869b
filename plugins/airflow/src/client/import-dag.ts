import {
  AiworkError,
  type AnyFlow,
  type FlowGraph,
  type FlowNode,
  fromGraph,
  type Schedule,
} from '@aiwork/core';
import { airflowParts } from './airflow-parts.ts';
import { type Fields, isFields, textOf } from './json-fields.ts';
import { policyOf, secondsOf } from './task-policy.ts';

/** The structure of a DAG as a flow. @since 0.1.0 */
export interface ImportedDag {
  /**
   * A step for each task, with the edges, retries, time-outs and schedule that the DAG has; to be drawn, compared and
   * edited. What its tasks do is Airflow's own: run here, each of its steps fails and says so.
   */
  readonly flow: AnyFlow;
  /** What of the DAG the flow does not show, a sentence each. */
  readonly unread: readonly string[];
}

/** What Airflow tells of a DAG. */
export interface DagFacts {
  readonly dagId: string;
  readonly details: Fields;
  readonly tasks: readonly Fields[];
}

/** Trigger rules by which a task waits for all and is stopped by a failure, as a step is. */
const plainRules = ['all_success', 'none_failed', 'none_failed_min_one_success'];

/** Makes a flow of a DAG, and says what is not in it. */
export function importDag({ dagId, details, tasks }: DagFacts): ImportedDag {
  if (tasks.length === 0)
    throw new AiworkError('AIWORK_INVALID_FLOW', `DAG "${dagId}" has no tasks: there is nothing to show`);
  const unread: string[] = [];
  const needs = needsOf(tasks);
  const nodes = tasks.map((task) => nodeOf(task, needs.get(idOf(task)) ?? [], unread));
  const leaves = nodes.filter(({ id }) => ![...needs.values()].some((needed) => needed.includes(id)));
  const output = leaves.at(-1)?.id ?? '';
  if (leaves.length > 1) {
    const ids = leaves.map(({ id }) => id).join(', ');
    unread.push(`the DAG ends with several tasks (${ids}): the flow's output is that of ${output}`);
  }
  const timeout = secondsOf(details['dag_run_timeout'] ?? details['dagrun_timeout']);
  const schedules = schedulesOf(details, unread);
  const tags = Array.isArray(details['tags']) ? details['tags'].map(tagName) : [];
  const draft: Omit<FlowGraph, 'hash'> = {
    format: 1,
    id: dagId,
    version: '1',
    nodes,
    output,
    ...(timeout !== undefined && { policy: { timeout: timeout * 1000 } }),
    ...(schedules.length > 0 && { schedules }),
    ...(tags.length > 0 && { tags }),
  };
  return { flow: fromGraph(draft, airflowParts(draft)), unread };
}

const idOf = (task: Fields): string => textOf(task['task_id'], 'task_id of a task');

/** Airflow says of each task what stands behind it. */
function needsOf(tasks: readonly Fields[]): ReadonlyMap<string, readonly string[]> {
  const needs = new Map<string, string[]>(tasks.map((task) => [idOf(task), []]));
  for (const task of tasks) {
    const behind = task['downstream_task_ids'];
    for (const id of Array.isArray(behind) ? behind : []) needs.get(String(id))?.push(idOf(task));
  }
  return needs;
}

function nodeOf(task: Fields, needed: readonly string[], unread: string[]): FlowNode {
  const id = idOf(task);
  const rule = String(task['trigger_rule'] ?? 'all_success');
  const policy = policyOf(task, unread);
  const base = {
    id,
    needs: Object.fromEntries(needed.map((need) => [need, need])),
    ...(policy && { policy }),
  };
  if (task['is_mapped'] === true) {
    const over = { code: `${id}.over` };
    return { ...base, kind: 'map', unit: { kind: 'task', id }, over };
  }
  if (rule === 'all_done' && needed.length > 0)
    return { ...base, kind: 'settle', run: { code: `${id}.run` } };
  if (!plainRules.includes(rule))
    unread.push(`the trigger rule ${rule} of task ${id}: it is shown as a plain step`);
  return { ...base, kind: 'step', run: { code: `${id}.run` } };
}

function schedulesOf(details: Fields, unread: string[]): readonly Schedule[] {
  const told = details['timetable_summary'] ?? details['schedule_interval'];
  if (told === null || told === undefined || told === 'None') return [];
  const text = String(isFields(told) ? (told['value'] ?? JSON.stringify(told)) : told);
  const cron = presets[text] ?? text;
  if (!isCron.test(cron)) {
    unread.push(`the schedule ${text}: it is no cron expression of five fields`);
    return [];
  }
  return [{ cron, timezone: timezoneOf(details, unread), catchUp: details['catchup'] === true }];
}

/** Minutes and hours have no names, which tells five fields from five words. */
const isCron = /^[\d*/,-]+ [\d*/,-]+ \S+ \S+ \S+$/;

/** By its name, or as Python shows it: `Timezone('Europe/Zurich')`. */
function timezoneOf({ timezone }: Fields, unread: string[]): string {
  const name = /^(?:\w+\(')?([\w+/-]+)(?:'\))?$/.exec(String(timezone ?? 'UTC'))?.[1] ?? '';
  if (isTimeZone(name)) return name;
  unread.push(`the time zone ${String(timezone)}: the schedule is shown in UTC`);
  return 'UTC';
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const presets: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
};

const tagName = (tag: unknown): string => String(isFields(tag) ? tag['name'] : tag);
