import type { RunError, RunEvent, RunEventBody, Span, SpanParent, Telemetry, WorkEnd } from '@aiwork/core';

interface Play {
  readonly runId?: string;
  readonly unitId?: string;
  readonly stepId?: string;
  readonly tags?: readonly string[];
  readonly parent?: SpanParent;
  /** What its only step fails with. */
  readonly error?: RunError;
  readonly input?: unknown;
  readonly output?: unknown;
  readonly log?: { readonly message: string; readonly data?: unknown };
}

export interface Played {
  readonly run: Span;
  readonly attempt: Span;
}

let runs = 0;

/** A run of one step, as the engine tells of it. */
export function playRun(telemetry: Telemetry, play: Play = {}): Played {
  runs += 1;
  const { runId = `run-${runs}`, unitId = 'letter', stepId = 'write', tags = [], parent } = play;
  const { error, input, output, log } = play;
  const tell = teller(telemetry, runId);
  const identity = { unitId, version: '1', graphHash: 'g', tags };
  const run = telemetry.run(
    { runId, unit: { kind: 'flow', id: unitId, version: '1' }, tags, resumed: false },
    parent,
  );
  tell({ type: 'run.started', ...identity, owner: 'me/1', digests: {} });
  const attempt = telemetry.attempt({ runId, stepId, attempt: 1, input }, run);
  tell({ type: 'step.started', stepId, attempt: 1 });
  if (log) tell({ type: 'log', stepId, level: 'warn', ...log });
  if (error) tell({ type: 'step.failed', stepId, attempt: 1, error });
  else tell({ type: 'step.succeeded', stepId, attempt: 1, output });
  const end: WorkEnd = error ? { status: 'failed', error } : { status: 'succeeded', output };
  attempt.end(end);
  tell({ type: 'run.finished', ...end, status: error ? 'failed' : 'succeeded' });
  run.end(end);
  return { run, attempt };
}

/** Hands over events of a run, numbered. */
function teller(telemetry: Telemetry, runId: string): (body: RunEventBody) => void {
  let seq = 0;
  return (body) => {
    seq += 1;
    telemetry.event({ seq, at: Date.now(), runId, ...body } as RunEvent);
  };
}

/** One span that begins a trace and is over. */
export function playSpan(telemetry: Telemetry, stepId = 'write'): Span {
  const span = telemetry.attempt({ runId: 'run', stepId, attempt: 1 });
  span.end({ status: 'succeeded' });
  return span;
}
