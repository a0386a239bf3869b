import { createHash, randomUUID } from 'node:crypto';
import type { RunRecord } from '../adapters/run-store.ts';
import { AiworkError } from '../errors.ts';
import type { Budget } from '../policy.ts';
import { fromRunError } from '../run-error.ts';
import type { RunEvent, RunEventBody } from '../run-event.ts';
import { validate } from '../schema.ts';
import { type AnyUnit, checkId } from '../units/runnable.ts';
import type { Task } from '../units/task.ts';
import type { BudgetMeter } from './budget-meter.ts';
import { compile } from './compile.ts';
import { toStored } from './event-values.ts';
import { type Ending, RunExecution } from './run-execution.ts';
import type { RunKeeper } from './run-keeper.ts';
import { fromStoredInput, loadState, requireFit, requireRecord, toStoredInput } from './run-records.ts';
import { applyEvent, emptyRunState, type RunState, usageIn } from './run-state.ts';
import type { ChildOptions, Services } from './scope.ts';

const finalStatuses = ['succeeded', 'failed', 'cancelled'];

/** How a new run comes to be. */
export interface NewRun {
  readonly unit: AnyUnit;
  readonly runId: string;
  readonly tags?: readonly string[];
  readonly priority?: number;
  readonly budget?: Budget;
  readonly parent?: RunRecord['parent'];
  readonly rerunOf?: string;
  readonly signal?: AbortSignal;
  readonly outerMeter?: BudgetMeter;
  /** Keys of limits held by what starts it. */
  readonly held?: readonly string[];
  /** Results it begins with. */
  readonly kept?: readonly RunEventBody[];
}

/** What a run has of the one that started it. */
type Origin = Pick<NewRun, 'signal' | 'outerMeter' | 'held'>;

/** The runs this process works on. */
export interface ActiveRuns {
  get(runId: string): RunExecution | undefined;
  /** `undefined` when a run of that id exists. The input has to be checked already. */
  begin(run: NewRun, input: unknown): Promise<RunExecution | undefined>;
  /** Goes on with an unfinished run. */
  resume(record: RunRecord, unit: AnyUnit, options?: Origin): Promise<RunExecution>;
  runChild: Services['runChild'];
  close(): Promise<void>;
}

export function isFinal(status: string): boolean {
  return finalStatuses.includes(status);
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
  return `${Math.floor(nowMs).toString(36).padStart(9, '0')}-${randomUUID().slice(0, 13)}`;
}

export function createActiveRuns(
  getServices: () => Services,
  keeper: () => RunKeeper | undefined,
): ActiveRuns {
  const active = new Map<string, RunExecution>();

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
      ...(record.budget && { budget: record.budget }),
      ...(options.signal && { signal: options.signal }),
      ...(options.outerMeter && { outerMeter: options.outerMeter }),
      ...(options.held && { held: options.held }),
    });
    active.set(record.id, execution);
    void execution.ended.then(() => active.delete(record.id));
    keeper()?.keep(execution);
    execution.start();
    return execution;
  }

  async function begin(run: NewRun, input: unknown): Promise<RunExecution | undefined> {
    const { unit, runId } = run;
    const services = getServices();
    const { runStore, payloads, clock, owner, leaseTtlMs } = services;
    const compiled = compile(unit);
    const now = clock.now();
    const record: RunRecord = {
      id: runId,
      unitId: unit.id,
      version: unit.version,
      graphHash: compiled.hash,
      status: 'running',
      ...(await toStoredInput(input, runId, payloads)),
      tags: run.tags ? [...new Set([...unit.tags, ...run.tags])] : unit.tags,
      ...(run.priority !== undefined && { priority: run.priority }),
      ...(run.budget && { budget: run.budget as Record<string, number> }),
      ...(run.rerunOf !== undefined && { rerunOf: run.rerunOf }),
      ...(run.parent && { parent: run.parent }),
      createdAt: now,
      updatedAt: now,
    };
    if ((await runStore.createRun(record, { lease: { owner, ttlMs: leaseTtlMs } })) === 'exists')
      return undefined;
    const state = emptyRunState();
    if (run.kept) await writeKept(record, compile(unit).digests(), run.kept, state, services);
    return work(record, unit, input, state, run);
  }

  async function resume(record: RunRecord, unit: AnyUnit, options: Origin = {}): Promise<RunExecution> {
    const { runStore, payloads, owner, leaseTtlMs } = getServices();
    if (!(await runStore.lease(record.id, owner, leaseTtlMs))) {
      throw new AiworkError(
        'AIWORK_RUN_OWNED',
        `run "${record.id}" is worked on by another process: wait for it, or for its lease to run out`,
        { retryable: true },
      );
    }
    const here = active.get(record.id);
    if (here) return here;
    try {
      const state = await loadState(runStore, payloads, record.id);
      requireFit(compile(unit), record, state);
      const input = await fromStoredInput(record, payloads);
      options.outerMeter?.add(usageIn(state));
      return active.get(record.id) ?? work(record, unit, input, state, options);
    } catch (error) {
      await runStore.release(record.id, owner);
      throw error;
    }
  }

  async function runChild(unit: AnyUnit, input: unknown, options: ChildOptions) {
    const { runStore, payloads, clock } = getServices();
    checkRunId(options.runId);
    const known = await runStore.getRun(options.runId);
    if (!known) {
      const checked = await checkInput(unit, input);
      const child = await begin({ unit, ...options, outerMeter: options.meter }, checked);
      if (child) return outputOf(await child.ended, child);
    }
    for (;;) {
      const record = await requireRecord(runStore, options.runId);
      if (isFinal(record.status)) {
        const state = await loadState(runStore, payloads, options.runId);
        const used = usageIn(state);
        options.meter.add(used);
        return finishedChild(state, used);
      }
      try {
        const child = await resume(record, unit, { signal: options.signal, outerMeter: options.meter });
        return outputOf(await child.ended, child);
      } catch (error) {
        // Somebody else works on it: its end is what counts.
        if (!AiworkError.isInstance(error) || error.code !== 'AIWORK_RUN_OWNED') throw error;
        await new Promise<void>((resolve) => void clock.setTimer(500, resolve));
        options.signal.throwIfAborted();
      }
    }
  }

  return {
    get: (runId) => active.get(runId),
    begin,
    resume,
    runChild,
    async close() {
      await Promise.all([...active.values()].map((execution) => execution.close()));
    },
  };
}

export function checkRunId(runId: unknown): string {
  if (typeof runId === 'string' && runId.length > 250 && runId.length <= 500)
    return `${checkId(runId.slice(0, 250), 'the run')}${runId.slice(250)}`;
  return checkId(runId, 'the run');
}

async function writeKept(
  record: RunRecord,
  digests: Readonly<Record<string, string>>,
  kept: readonly RunEventBody[],
  state: RunState,
  { runStore, payloads, owner, clock }: Services,
): Promise<void> {
  const { unitId, version, graphHash, tags } = record;
  const bodies: readonly RunEventBody[] = [
    { type: 'run.started', unitId, version, graphHash, tags, digests },
    ...kept,
  ];
  const events = bodies.map(
    (body, i) => ({ ...body, seq: i + 1, at: clock.now(), runId: record.id }) as RunEvent,
  );
  for (const event of events) applyEvent(state, event);
  const stored = await Promise.all(events.map((event) => toStored(event, payloads)));
  await runStore.append(record.id, { expectedSeq: 0, events: stored, owner });
}

function outputOf(ending: Ending, child: RunExecution) {
  if (ending.status !== 'succeeded') throw ending.error;
  return { output: ending.output, used: child.used() };
}

function finishedChild(state: RunState, used: ReturnType<typeof usageIn>) {
  const { finished } = state;
  if (finished?.status === 'succeeded') return { output: finished.output, used };
  throw fromRunError(
    finished?.error ?? { name: 'AiworkError', message: 'it left no error', retryable: false },
  );
}
