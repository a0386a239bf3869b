import { inspect } from 'node:util';
import type { FlowGraph, RunEvent, RunRecord } from '@aiwork/core';
import { type Row, rowsOf } from './rows.ts';
import { stepInputs } from './step-inputs.ts';
import { timeScale } from './time-scale.ts';

/** What a timeline is drawn from. @since 0.1.0 */
export interface TimelineOptions {
  readonly record: Omit<RunRecord, 'graphHash'>;
  readonly events: readonly RunEvent[];
  /** With it, steps that did not begin are shown too, and what each step was given. */
  readonly graph?: FlowGraph;
}

/** Values longer than this are cut, so that a page stays a page. In characters. */
const longestValue = 20_000;
/** All values together take no more than this; what comes after is cut short. In characters. */
const allValues = 8_000_000;
const shortValue = 200;

/** All the page's script needs, as JSON data. */
export function pageData({ record, events, graph }: TimelineOptions) {
  const rows = withPending(rowsOf(events), graph);
  const begin = events[0]?.at ?? record.createdAt;
  const end = Math.max(begin, events.at(-1)?.at ?? begin);
  const scale = timeScale(rows, begin, end);
  const outputs = new Map(rows.map((row) => [row.id, row.output]));
  const inputs = graph ? stepInputs(graph, record.input, outputs) : new Map<string, unknown>();
  const byId = new Map(rows.map((row) => [row.id, row]));
  let used = 0;
  const fitting = (details: readonly Detail[]) => {
    const fits =
      used < allValues
        ? details
        : details.map(({ title, text }) => ({ title, text: clip(text, shortValue) }));
    for (const { text } of fits) used += text.length;
    return fits;
  };
  return {
    breaks: scale.breaks.map(({ from, to, ms }) => ({ from, to, label: duration(ms) })),
    ticks: scale.ticks.map(({ at, ms }) => ({ at, label: duration(ms) })),
    rows: rows.map((row) => ({
      id: row.id,
      label: row.parent === undefined ? row.id : row.id.slice(row.parent.length).replace(/^\//, ''),
      parent: row.parent,
      depth: row.depth,
      status: row.status,
      attempts: row.attempts,
      took: tookOf(row),
      ...workerOf(row),
      spans: row.spans.map(({ kind, from, to, attempt, owner, failed }) => ({
        kind,
        from: scale.place(from),
        to: scale.place(to),
        title: `${spanNames[kind]}${attempt && attempt > 1 ? ` ${attempt}` : ''}${owner === undefined ? '' : ` by ${owner}`}, ${duration(to - from)}`,
        ...(failed && { failed }),
      })),
      details: fitting(detailsOf(row, begin, inputs, byId)),
    })),
    totals: totalsOf(rows, events, duration(end - begin)),
  };
}

const spanNames = {
  attempt: 'attempt',
  queue: 'in the queue',
  retry: 'pause before retry',
  wait: 'waits',
  sleep: 'sleeps',
};

/** Steps of the graph that the journal does not know yet. */
function withPending(rows: readonly Row[], graph: FlowGraph | undefined): readonly Row[] {
  const known = new Set(rows.map(({ id }) => id));
  const missing = graph?.nodes.filter(({ id }) => !known.has(id)) ?? [];
  return [
    ...rows,
    ...missing.map(
      ({ id }): Row => ({
        id,
        parent: undefined,
        depth: 0,
        status: 'pending',
        attempts: 0,
        spans: [],
        notes: [],
      }),
    ),
  ];
}

function tookOf({ spans }: Row): string {
  const first = spans[0];
  const last = spans.at(-1);
  return first && last ? duration(last.to - first.from) : '';
}

/** Who did the work last, by the name people gave. */
function workerOf({ spans }: Row): { readonly worker?: string } {
  const owner = spans.findLast((span) => span.owner !== undefined)?.owner;
  return owner === undefined ? {} : { worker: owner.split('/', 1)[0] ?? owner };
}

interface Detail {
  readonly title: string;
  readonly text: string;
}

function detailsOf(
  row: Row,
  begin: number,
  inputs: ReadonlyMap<string, unknown>,
  rows: ReadonlyMap<string, Row>,
): readonly Detail[] {
  const item = /\[(\d+)\]$/.exec(row.id);
  const given =
    item && row.parent !== undefined ? rows.get(row.parent)?.inputs?.[Number(item[1])] : inputs.get(row.id);
  const details: (Detail | undefined)[] = [
    row.error && { title: 'Error', text: clip(errorText(row.error)) },
    row.spans.some(({ owner }) => owner !== undefined)
      ? { title: 'Workers', text: row.spans.flatMap((span) => stintLine(span, begin)).join('\n') }
      : undefined,
    given === undefined ? undefined : { title: 'Input', text: shown(given) },
    row.prompt === undefined ? undefined : { title: 'Prompt', text: shown(row.prompt) },
    row.inputs && { title: 'Items', text: shown(row.inputs) },
    row.output === undefined ? undefined : { title: 'Output', text: shown(row.output) },
    row.notes.length === 0
      ? undefined
      : {
          title: 'Journal',
          text: clip(row.notes.map(({ at, text }) => `+${duration(at - begin)}  ${text}`).join('\n')),
        },
  ];
  return details.filter((detail) => detail !== undefined);
}

function stintLine({ owner, from, to }: Row['spans'][number], begin: number): readonly string[] {
  return owner === undefined ? [] : [`+${duration(from - begin)}  ${owner}, ${duration(to - from)}`];
}

function errorText(error: NonNullable<Row['error']>): string {
  const code = error.code ? ` (${error.code})` : '';
  const frames = error.stack?.split('\n').filter((line) => line.startsWith('    at ')) ?? [];
  const cause = error.cause ? `\n\ncaused by ${errorText(error.cause)}` : '';
  return [`${error.name}: ${error.message}${code}`, ...frames].join('\n') + cause;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return clip(value);
  const json = isJson(value) ? JSON.stringify(value, undefined, 2) : undefined;
  return clip(json ?? inspect(value, { depth: 8, maxArrayLength: 1000, maxStringLength: longestValue }));
}

/** Whether JSON shows it as it is; a `Date`, `Map` or typed array is told better by `inspect`. */
function isJson(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'bigint' && value !== undefined;
  const prototype = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return false;
  return Object.values(value).every(isJson);
}

function clip(text: string, longest = longestValue): string {
  return text.length <= longest
    ? text
    : `${text.slice(0, longest)}\n… ${text.length - longest} more characters`;
}

function totalsOf(rows: readonly Row[], events: readonly RunEvent[], took: string) {
  const steps = rows.filter(({ id, depth }) => depth === 0 && !id.startsWith('$'));
  const done = steps.filter(
    ({ status }) => status !== 'pending' && status !== 'running' && status !== 'waiting',
  );
  const retries = events.filter(({ type }) => type === 'step.retrying').length;
  let tokens = 0;
  let cost = 0;
  for (const event of events) {
    if (event.type === 'model.called') {
      tokens += event.inputTokens + event.outputTokens;
      cost += event.cost ?? 0;
    } else if (event.type === 'child.used') {
      tokens += event.tokens;
      cost += event.cost;
    }
  }
  return [
    { label: 'Time', value: took },
    { label: 'Steps', value: `${done.length} of ${steps.length}` },
    { label: 'Retries', value: String(retries) },
    ...(tokens > 0 ? [{ label: 'Tokens', value: tokens.toLocaleString('en') }] : []),
    ...(cost > 0 ? [{ label: 'Cost', value: `$${cost.toFixed(4)}` }] : []),
  ];
}

/** A length of time for people. */
function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  const minutes = Math.round(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.round(minutes / 1440)} days`;
}
