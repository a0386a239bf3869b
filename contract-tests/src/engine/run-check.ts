import type { AnyAdapter } from './any-adapter.ts';
import { bounded } from './bounded.ts';
import type { Check, Contract } from './contract.ts';
import { createCheckContext } from './create-check-context.ts';
import { failureMessage } from './failure-message.ts';
import type { CheckResult } from './report.ts';
import { provides, type Subject } from './subject.ts';
import { show, Undecided, Violation } from './violation.ts';

export interface CheckRun<A extends AnyAdapter> {
  readonly contract: Contract<A>;
  readonly name: string;
  readonly subject: Subject<A>;
  readonly capabilities: A['capabilities'];
  readonly namespace: string;
  readonly seed: number;
  readonly deadlineMs: number;
  /** The command that runs the check again. */
  readonly replay: string;
  readonly signal: AbortSignal | undefined;
}

/** Runs one check on clients of its own. Never rejects: what the adapter does wrong is the result. */
export async function runCheck<A extends AnyAdapter>(
  check: Check<A>,
  run: CheckRun<A>,
): Promise<CheckResult> {
  const { seed, name, replay } = run;
  const about = { id: check.id, rule: check.rule, anchor: check.anchor, seed };
  const lack = whyNot(check, run.subject, run.capabilities);
  if (lack) return { ...about, ...lack, durationMs: 0 };
  const start = performance.now();
  const { error, evidence } = await execute(check, run);
  const result = {
    ...about,
    ...(Object.keys(evidence).length > 0 && { evidence }),
    durationMs: Math.round(performance.now() - start),
  };
  if (error === undefined) return { ...result, outcome: 'passed' };
  if (error instanceof Undecided) return { ...result, outcome: 'blocked', reason: error.message };
  const { expected, seen } =
    error instanceof Violation
      ? error
      : { expected: 'the calls of this check to succeed', seen: show(error) };
  const message = failureMessage(check, { expected, seen, subject: name, replay });
  return { ...result, outcome: 'failed', failure: { expected, seen, message, replay } };
}

export interface NotRun {
  readonly outcome: 'skipped' | 'blocked';
  readonly reason: string;
}

/** Why a check cannot be run on a subject; nothing where it can. */
export function whyNot<A extends AnyAdapter>(
  check: Check<A>,
  subject: Subject<A>,
  capabilities: A['capabilities'],
): NotRun | undefined {
  const holds = holdsFor(check, capabilities);
  if (holds !== true) return { outcome: 'skipped', reason: holds };
  for (const need of check.needs ?? []) {
    const provided = provides(subject, need);
    if (provided === true) continue;
    if ('skipped' in provided) return { outcome: 'skipped', reason: provided.skipped };
    return { outcome: 'blocked', reason: provided.blocked };
  }
  return undefined;
}

/** Capabilities that are not as their type says rule nothing out: the check is run, and one of them says what is wrong. */
function holdsFor<A extends AnyAdapter>(check: Check<A>, capabilities: A['capabilities']): true | string {
  try {
    return check.when?.(capabilities) ?? true;
  } catch {
    return true;
  }
}

/** How long the clients of a check that was given up may take to close. */
const givenUpMs = 2000;

async function execute<A extends AnyAdapter>(check: Check<A>, run: CheckRun<A>) {
  const controller = new AbortController();
  const { context, evidence, end } = createCheckContext({ ...run, signal: controller.signal });
  // What throws before it gives a promise fails like any other.
  const work = (async () => check.run(context))();
  let ended = false;
  const markEnd = () => {
    ended = true;
  };
  work.then(markEnd, markEnd);
  const error = await bounded(work, 'an answer', run.deadlineMs, run.signal).then(
    () => undefined,
    (reason: unknown) => reason ?? new Error('rejected with nothing'),
  );
  controller.abort();
  const closeMs = ended ? run.deadlineMs : Math.min(givenUpMs, run.deadlineMs);
  const notClosed = await bounded(end(), 'close()', closeMs).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { error: error ?? notClosed, evidence };
}
