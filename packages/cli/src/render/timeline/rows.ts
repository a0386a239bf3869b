import type { RunError, RunEvent, Stint } from '@aiwork/core';

/** A stretch of time in a row. `open`: its end is not in the journal. */
export interface Span {
  readonly kind: 'attempt' | 'queue' | 'retry' | 'wait' | 'sleep';
  readonly from: number;
  to: number;
  readonly attempt?: number;
  /** Who did it, where that was another process than the run's. */
  readonly owner?: string;
  failed?: boolean;
  open?: boolean;
}

export type RowStatus = 'pending' | 'running' | 'waiting' | 'succeeded' | 'failed' | 'skipped' | 'cancelled';

/** One step, or part of one, over time. */
export interface Row {
  readonly id: string;
  /** Id of the row this one is a part of. */
  readonly parent: string | undefined;
  readonly depth: number;
  status: RowStatus;
  attempts: number;
  readonly spans: Span[];
  readonly notes: { readonly at: number; readonly text: string }[];
  output?: unknown;
  error?: RunError;
  prompt?: unknown;
  inputs?: readonly unknown[];
  undone?: boolean;
}

/** The rows of a run's steps in the order they began, each followed by its parts. */
export function rowsOf(events: readonly RunEvent[]): readonly Row[] {
  const rows = new Map<string, Row>();
  const end = events.at(-1)?.at ?? 0;
  for (const event of events) if ('stepId' in event) read(rowOf(rows, event.stepId), event);
  for (const { spans } of rows.values()) {
    for (const span of spans) if (span.open) span.to = end;
  }
  return inTreeOrder([...rows.values()]);
}

function rowOf(rows: Map<string, Row>, id: string): Row {
  const known = rows.get(id);
  if (known) return known;
  const above = parentId(id);
  const parent = above === undefined ? undefined : rowOf(rows, above);
  const row: Row = {
    id,
    parent: parent?.id,
    depth: parent ? parent.depth + 1 : 0,
    status: 'running',
    attempts: 0,
    spans: [],
    notes: [],
  };
  rows.set(id, row);
  return row;
}

/** `map[3]` is a part of `map`, and `agent/1.0-tool` one of `agent`. */
function parentId(id: string): string | undefined {
  const cut = id.endsWith(']') ? id.lastIndexOf('[') : id.lastIndexOf('/');
  return cut > 0 ? id.slice(0, cut) : undefined;
}

function read(row: Row, event: Extract<RunEvent, { stepId: string }>): void {
  const { at } = event;
  switch (event.type) {
    case 'step.started':
      closeSpan(row, at);
      row.attempts = event.attempt;
      row.status = 'running';
      row.spans.push({ kind: 'attempt', from: at, to: at, attempt: event.attempt, open: true });
      return;
    case 'step.retrying':
      closeSpan(row, at, true);
      row.notes.push({ at, text: `attempt ${event.attempt} failed: ${event.error.message}` });
      row.spans.push({ kind: 'retry', from: at, to: at, open: true });
      return;
    case 'step.waiting':
    case 'step.sleeping':
      closeSpan(row, at);
      if (event.type === 'step.waiting') row.prompt = event.prompt;
      row.status = 'waiting';
      row.spans.push({
        kind: event.type === 'step.waiting' ? 'wait' : 'sleep',
        from: at,
        to: at,
        open: true,
      });
      return;
    case 'step.succeeded':
      finish(row, at, 'succeeded');
      row.output = event.output;
      return;
    case 'step.failed':
      finish(row, at, 'failed');
      row.error = event.error;
      return;
    case 'step.skipped':
      finish(row, at, 'skipped');
      return;
    case 'step.cancelled':
      finish(row, at, 'cancelled');
      row.notes.push({ at, text: event.reason });
      return;
    case 'step.expanded':
      row.inputs = event.inputs;
      return;
    case 'child.used':
      if (event.stints) divide(row, event.stints);
      return;
    case 'step.undone':
      row.undone = true;
      row.notes.push({ at, text: 'undone' });
      return;
    default: {
      const text = noteOf(event);
      if (text !== undefined) row.notes.push({ at, text });
    }
  }
}

function noteOf(event: Extract<RunEvent, { stepId: string }>): string | undefined {
  switch (event.type) {
    case 'step.undo-failed':
      return `undo failed: ${event.error.message}`;
    case 'step.abandoned':
      return event.reason;
    case 'effect.recorded':
      return `recorded effect "${event.key}"`;
    case 'signal.received':
      return 'received a payload';
    case 'emitted':
      return `emitted "${event.name}"`;
    case 'model.called':
      return `model ${event.model}: ${event.inputTokens} + ${event.outputTokens} tokens`;
    case 'tool.called':
      return `tool ${event.tool}${event.ok ? '' : ' (failed)'}`;
    case 'guardrail.decided':
      return `guardrail ${event.guardrail}: ${event.action}${event.reason === undefined ? '' : `, ${event.reason}`}`;
    case 'budget.exceeded':
      return `budget exceeded: ${event.limit} is ${event.used} of ${event.allowed}`;
    case 'log':
      return `${event.level}: ${event.message}`;
    default:
      return undefined;
  }
}

/** Divides the attempt at work into what others did of it, and what it waited for them. */
function divide({ spans }: Row, stints: readonly Stint[]): void {
  const whole = spans.at(-1);
  if (!whole?.open || stints.length === 0) return;
  spans.pop();
  let at = whole.from;
  for (const { owner, from, to } of stints) {
    // Their clocks are others: what they say never reaches back.
    const [begun, ended] = [Math.max(at, from), Math.max(at, from, to)];
    if (begun > at) spans.push({ kind: 'queue', from: at, to: begun });
    spans.push({ ...whole, owner, from: begun, to: ended, open: false });
    at = ended;
  }
  spans[spans.length - 1] = { ...(spans.at(-1) ?? whole), open: true };
}

function finish(row: Row, at: number, status: RowStatus): void {
  // A race is decided without having begun.
  if (row.spans.length === 0 && status === 'succeeded') row.spans.push({ kind: 'attempt', from: at, to: at });
  closeSpan(row, at, status === 'failed');
  row.status = status;
}

function closeSpan(row: Row, at: number, failed = false): void {
  const last = row.spans.at(-1);
  if (!last?.open) return;
  last.to = at;
  delete last.open;
  if (failed && last.kind === 'attempt') last.failed = true;
}

function inTreeOrder(rows: readonly Row[]): readonly Row[] {
  const parts = new Map<string | undefined, Row[]>();
  for (const row of rows) {
    const siblings = parts.get(row.parent);
    if (siblings) siblings.push(row);
    else parts.set(row.parent, [row]);
  }
  const ordered: Row[] = [];
  const place = (id: string | undefined) => {
    for (const row of parts.get(id) ?? []) {
      ordered.push(row);
      place(row.id);
    }
  };
  place(undefined);
  return ordered;
}
