import { createHash, randomFillSync } from 'node:crypto';
import type { RunRecord, RunStore } from '../adapters/run-store.ts';
import { AiworkError, ClosedError } from '../errors.ts';
import type { Budget } from '../policy.ts';
import type { RunEventBody } from '../run-event.ts';
import { validate } from '../schema.ts';
import type { TraceContext } from '../trace-context.ts';
import { type AnyUnit, checkId } from '../units/runnable.ts';
import type { Task } from '../units/task.ts';
import type { BudgetMeter } from './budget-meter.ts';
import { compile } from './compile.ts';
import { finishedChild } from './finished-child.ts';
import { runElsewhere } from './run-elsewhere.ts';
import { type Ending, RunExecution } from './run-execution.ts';
import type { RunKeeper } from './run-keeper.ts';
import {
  fromStoredInput,
  isFinal,
  loadState,
  requireFit,
  requireRecord,
  type StoredInput,
  toStoredInput,
} from './run-records.ts';
import { emptyRunState, type RunState, usageIn } from './run-state.ts';
import type { ChildEnd, ChildOptions, Services } from './scope.ts';
import { createTurnstile } from './turnstile.ts';
import { untilAborted } from './until-aborted.ts';

/** What every run store takes. */
const maxRunIdLength = 500;

/** How a new run comes to be. */
export interface NewRun {
  readonly unit: AnyUnit;
  readonly runId: string;
  readonly tags?: readonly string[] | undefined;
  readonly priority?: number | undefined;
  readonly budget?: Budget | undefined;
  readonly parent?: RunRecord['parent'];
  readonly rerunOf?: string;
  /** The step from which on it repeats that run. */
  readonly rerunFrom?: string;
  /** Of what it is a part, in a distributed trace. */
  readonly trace?: TraceContext | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Aborts before `signal` does when the parent does not end, but is left to others. */
  readonly leaving?: AbortSignal;
  readonly outerMeter?: BudgetMeter;
  /** Keys of limits held by what starts it. */
  readonly held?: readonly string[];
  /** The id that its code is shown. Default: its own. */
  readonly shownId?: string;
  /** Results it begins with. */
  readonly kept?: readonly RunEventBody[];
}

/**
 * Thousands of runs started together begin over several turns of the event loop: other work gets its turn, and quick runs
 * are over before the memory they need has to be moved.
 */
const beginsPerTurn = 64;

/** What a run has of the one that started it. */
type Origin = Pick<NewRun, 'signal' | 'leaving' | 'outerMeter' | 'held' | 'shownId'>;

/** The runs this process works on. */
export interface ActiveRuns {
  get(runId: string): RunExecution | undefined;
  /** `undefined` when a run of that id exists. The input has to be checked already. */
  begin(run: NewRun, input: unknown): Promise<RunExecution | undefined>;
  /** Goes on with an unfinished run. */
  resume(record: RunRecord, unit: AnyUnit, options?: Origin): Promise<RunExecution>;
  runChild: Services['runChild'];
  runElsewhere: Services['runElsewhere'];
  close(): Promise<void>;
}

/** The input as the unit's schema makes it; units without a schema of their own take what they are given. */
export function checkInput(unit: AnyUnit, input: unknown): unknown {
  // A task checks what it is called with by itself, so that its own transformations happen once.
  if (unit.kind !== 'flow') return input;
  return validate((unit as unknown as Task<unknown, unknown>).input, input, {
    code: 'AIWORK_INVALID_INPUT',
    what: `input of flow "${unit.id}"`,
  });
}

/** The run id that a unit and key always give. */
export function runIdForKey(unit: AnyUnit, key: string): string {
  return `${unit.id}~${createHash('sha256').update(key).digest('hex').slice(0, 24)}`;
}

/** A new run id; later ones sort after earlier ones. */
export function newRunId(nowMs: number): string {
  if (nowMs !== lastMs) {
    lastMs = nowMs;
    lastPrefix = Math.floor(nowMs).toString(36).padStart(9, '0');
  }
  if (taken === chance.length) {
    randomFillSync(chance);
    taken = 0;
  }
  taken += chanceBytes;
  return `${lastPrefix}-${chance.toString('hex', taken - chanceBytes, taken)}`;
}

// Many runs begin in one millisecond, and a number in base 36 takes longer to write than all the rest of an id.
let lastMs = Number.NaN;
let lastPrefix = '';

/** Of an id, what is by chance, and that of those to come: asking the system each time would take longer. */
const chanceBytes = 6;
const chance = Buffer.alloc(128 * chanceBytes);
let taken = chance.length;

/**
 * Emptied when the run is over. V8 links the outgrown table of a map to the next one, so that outgrown tables in the old
 * generation would keep the runs of all that follow them until the next full collection.
 */
interface Place {
  execution: RunExecution | undefined;
}

export function createActiveRuns(
  getServices: () => Services,
  keeper: () => RunKeeper | undefined,
  closing: AbortSignal,
): ActiveRuns {
  const active = new Map<string, Place>();
  const enter = createTurnstile(beginsPerTurn);

  function requireOpen(): void {
    if (closing.aborted) throw new ClosedError('the orchestrator');
  }

  function work(
    record: RunRecord,
    unit: AnyUnit,
    input: unknown,
    state: RunState,
    options: Origin,
  ): RunExecution {
    const execution = new RunExecution({
      services: getServices(),
      compiled: compile(unit),
      record,
      input,
      state,
      budget: record.budget,
      signal: options.signal,
      leavingSignal: options.leaving,
      outerMeter: options.outerMeter,
      held: options.held,
      shownId: options.shownId,
    });
    const place: Place = { execution };
    active.set(record.id, place);
    void execution.ended.then(() => {
      active.delete(record.id);
      place.execution = undefined;
    });
    keeper()?.keep(execution);
    execution.start();
    return execution;
  }

  async function begin(run: NewRun, input: unknown): Promise<RunExecution | undefined> {
    const { unit, runId } = run;
    const turn = enter();
    if (turn !== undefined) await turn;
    const services = getServices();
    const { runStore, owner, leaseTtlMs } = services;
    const made = newRecord(run, input, services);
    const record = made instanceof Promise ? await made : made;
    requireOpen();
    if ((await runStore.createRun(record, { lease: { owner, ttlMs: leaseTtlMs } })) === 'exists')
      return undefined;
    try {
      const empty = emptyRunState();
      const state = run.kept
        ? await (await beginning()).beginWith(
            { record, compiled: compile(unit), state: empty },
            run.kept,
            services,
          )
        : empty;
      requireOpen();
      return work(record, unit, input, state, run);
    } catch (error) {
      await runStore.release(runId, owner).catch(() => {});
      throw error;
    }
  }

  async function resume(record: RunRecord, unit: AnyUnit, options: Origin = {}): Promise<RunExecution> {
    const services = getServices();
    const { runStore, payloads, owner, leaseTtlMs } = services;
    requireOpen();
    if (!(await runStore.lease(record.id, owner, leaseTtlMs))) {
      throw new AiworkError(
        'AIWORK_RUN_OWNED',
        `run "${record.id}" is worked on by another process: wait for it, or for its lease to run out`,
        { retryable: true },
      );
    }
    const here = active.get(record.id)?.execution;
    if (here) return here;
    try {
      const compiled = compile(unit);
      const found = await loadState(runStore, payloads, record.id);
      requireFit(compiled, record, found);
      const isBegun =
        record.rerunFrom === undefined || found.digests !== undefined || found.cancelRequested !== undefined;
      const state = isBegun
        ? found
        : await (await beginning()).takenOver({ record, compiled, state: found }, services);
      const input = await fromStoredInput(record, payloads);
      const meanwhile = active.get(record.id)?.execution;
      if (meanwhile) return meanwhile;
      requireOpen();
      options.outerMeter?.add(usageIn(state));
      return work(record, unit, input, state, options);
    } catch (error) {
      if (!active.has(record.id)) await runStore.release(record.id, owner).catch(() => {});
      throw error;
    }
  }

  async function runChild(unit: AnyUnit, input: unknown, options: ChildOptions): Promise<ChildEnd> {
    const services = getServices();
    const { runStore, clock } = services;
    const origin = { ...options, outerMeter: options.meter };
    const known = await findChild(runStore, options);
    let child = known ? undefined : await begin({ unit, ...origin }, await checkInput(unit, input));
    for (;;) {
      const end = child && endOf(await child.ended, child);
      if (end) return end;
      child = undefined;
      const record = await requireRecord(runStore, options.runId);
      if (isFinal(record.status)) return finishedChild(services, unit, options);
      try {
        child = await resume(record, unit, origin);
      } catch (error) {
        // Somebody else works on it: its end is what counts.
        if (!AiworkError.isInstance(error) || error.code !== 'AIWORK_RUN_OWNED') throw error;
        await untilAborted(new Promise<void>((resolve) => void clock.setTimer(500, resolve)), options.signal);
      }
    }
  }

  async function sendAway(
    unit: AnyUnit,
    input: unknown,
    options: ChildOptions & { readonly attempt: number },
  ): Promise<ChildEnd> {
    const services = getServices();
    const { queue, runStore } = services;
    const to = unit.queue;
    if (queue === undefined || to === undefined) return runChild(unit, input, options);
    let record = await findChild(runStore, options);
    if (!record) {
      const { runId, parent, priority, meter, trace } = options;
      const made = await newRecord(
        { unit, runId, parent, priority, budget: meter.left(), trace },
        await checkInput(unit, input),
        services,
      );
      // Only its queue moves it, so it is not among the runs that are due.
      record = { ...made, status: 'waiting', queue: to };
      requireOpen();
      await runStore.createRun(record);
    }
    return runElsewhere({ services, unit, queue, to, record, options });
  }

  return {
    get: (runId) => active.get(runId)?.execution,
    begin,
    resume,
    runChild,
    runElsewhere: sendAway,
    async close() {
      await Promise.all([...active.values()].map(({ execution }) => execution?.close()));
    },
  };
}

/** Few runs begin with results of others. */
const beginning = () => import('./begin-with.ts');

export function checkRunId(runId: unknown): string {
  return checkId(runId, 'the run', maxRunIdLength);
}

/** What a record says of how its run comes to be. */
type Described = Pick<
  NewRun,
  'unit' | 'runId' | 'tags' | 'priority' | 'budget' | 'rerunOf' | 'rerunFrom' | 'parent' | 'trace'
>;

/** Waits for a large input alone: most runs have none. */
function newRecord(
  run: Described,
  input: unknown,
  { payloads, clock }: Services,
): RunRecord | Promise<RunRecord> {
  const now = clock.now();
  const stored = toStoredInput(input, run.runId, payloads);
  return stored instanceof Promise
    ? stored.then((ref) => recordOf(run, ref, now))
    : recordOf(run, stored, now);
}

function recordOf(run: Described, stored: StoredInput, now: number): RunRecord {
  const { unit, runId, tags, priority, budget, rerunOf, rerunFrom, parent, trace } = run;
  // Written out, since a spread for each that may be missing would cost more than all the rest.
  const record: { -readonly [Name in keyof RunRecord]: RunRecord[Name] } = {
    id: runId,
    unitId: unit.id,
    version: unit.version,
    graphHash: compile(unit).hash,
    status: 'running',
    tags: tags && tags.length > 0 ? [...new Set([...unit.tags, ...tags])] : unit.tags,
    createdAt: now,
    updatedAt: now,
  };
  if (stored.input !== undefined) record.input = stored.input;
  if (stored.inputTagged) record.inputTagged = true;
  if (stored.inputRef) record.inputRef = stored.inputRef;
  if (priority !== undefined) record.priority = priority;
  if (budget) record.budget = budget as Record<string, number>;
  if (rerunOf !== undefined) record.rerunOf = rerunOf;
  if (rerunFrom !== undefined) record.rerunFrom = rerunFrom;
  if (parent) record.parent = parent;
  if (trace) record.trace = trace;
  return record;
}

/** The run there is of a child. @throws `AIWORK_RUN_EXISTS` when it is another's. */
export async function findChild(
  runStore: RunStore,
  { runId, parent }: Pick<ChildOptions, 'runId' | 'parent'>,
): Promise<RunRecord | undefined> {
  const known = await runStore.getRun(checkRunId(runId));
  if (!known || (known.parent?.runId === parent.runId && known.parent.stepId === parent.stepId)) return known;
  throw new AiworkError(
    'AIWORK_RUN_EXISTS',
    `a step has to be run "${runId}", but there is another run of that id: give runs ids that do not continue each other's`,
  );
}

/** Nothing when another process goes on with it. */
function endOf(ending: Ending, child: RunExecution): ChildEnd | undefined {
  const used = child.used();
  if (ending.status === 'stopped') {
    if (ending.error.code === 'AIWORK_LEASE_LOST') return undefined;
    throw ending.error;
  }
  return ending.status === 'succeeded' ? { used, output: ending.output } : { used, error: ending.error };
}
