import type { RunRecord } from './adapters/run-store.ts';
import { toMilliseconds } from './duration.ts';
import { checkInput, checkRunId, createActiveRuns, newRunId, runIdForKey } from './engine/active-runs.ts';
import { systemClock } from './engine/clock.ts';
import { compile } from './engine/compile.ts';
import { createLeftRuns } from './engine/left-runs.ts';
import { createLimits } from './engine/limits.ts';
import { leaveMessage } from './engine/messages.ts';
import { ownerOf } from './engine/owner.ts';
import { type Installed, installPlugins } from './engine/plugin-setup.ts';
import { type QueueWorkerOptions, workOnQueues } from './engine/queue-worker.ts';
import type { RunExecution } from './engine/run-execution.ts';
import { liveRun, storedRun } from './engine/run-handle.ts';
import { createRunKeeper, foreverMs, type RunKeeper } from './engine/run-keeper.ts';
import {
  fromStoredInput,
  isFinal,
  loadState,
  pruneRuns,
  readEvents,
  requireRecord,
} from './engine/run-records.ts';
import { runOnSchedule, type ScheduleHost } from './engine/scheduled-runs.ts';
import type { Intercept, Services } from './engine/scope.ts';
import { checkSignalTarget } from './engine/signal-target.ts';
import { createTracer } from './engine/tracer.ts';
import { createUnitRegistry } from './engine/unit-registry.ts';
import { startWorker } from './engine/worker.ts';
import { AiworkError, ClosedError, hasCode } from './errors.ts';
import type {
  Orchestrator,
  OrchestratorOptions,
  RerunOptions,
  StartOptions,
  WorkerOptions,
} from './orchestrator-api.ts';
import { checkBudget } from './policy.ts';
import type { Run, WatchOptions } from './run.ts';
import type { RunEventBody } from './run-event.ts';
import { checkTraceContext } from './trace-context.ts';
import type { AnyFlow } from './units/flow.ts';
import type { AnyUnit } from './units/runnable.ts';

/** What is for `@aiwork/core/testing` alone. */
interface TestedOptions extends OrchestratorOptions {
  /** Stands in for the code of steps. */
  readonly intercept?: Intercept;
}

/**
 * Creates an orchestrator. It does nothing until it is asked to, and holds no handle while no run is going.
 *
 * Without plugins, runs are kept in memory and end with the process; a plugin that keeps them (such as `sqlite` of
 * `@aiwork/core/sqlite`) makes every run durable.
 *
 * @throws `AIWORK_INVALID_ARGUMENT`, `AIWORK_DUPLICATE_ID`. Errors of plugins are thrown by the first call that needs them.
 * @example
 * ```ts
 * import { createOrchestrator, defineFlow } from '@aiwork/core';
 * import { z } from 'zod';
 *
 * const hello = defineFlow({ id: 'hello', input: z.object({ name: z.string() }) }, (f) =>
 *   f.step('greet', { needs: { input: f.input }, run: ({ input }) => `Hello, ${input.name}!` }),
 * );
 * await using ai = createOrchestrator();
 * const run = await ai.start(hello, { name: 'Ada' });
 * console.log(await run.result()); // Hello, Ada!
 * ```
 * @since 0.1.0
 */
export function createOrchestrator(options: OrchestratorOptions = {}): Orchestrator {
  return openOrchestrator(options);
}

export function openOrchestrator(options: TestedOptions): Orchestrator {
  const { clock = systemClock, durability = 'sync' } = options;
  const graceMs = toMilliseconds(options.grace ?? '5s', 'grace');
  const leaseTtlMs = toMilliseconds(options.leaseTtl ?? '30s', 'leaseTtl');
  const retentionMs =
    options.retention === undefined ? undefined : toMilliseconds(options.retention, 'retention');
  const owner = ownerOf(options.name);
  const registry = createUnitRegistry(options.units);
  const closing = new AbortController();
  const workers = new Set<() => Promise<void>>();
  const left = createLeftRuns(clock, leaseTtlMs);
  let installed: Installed | undefined;
  let services: Services | undefined;
  let keeper: RunKeeper | undefined;
  const runs = createActiveRuns(
    () => services as Services,
    () => keeper,
    closing.signal,
  );

  async function install(): Promise<Services> {
    const plugins = await installPlugins(options.plugins ?? [], clock, closing.signal);
    installed = plugins;
    const { runStore, payloads, queue, telemetry, use } = plugins;
    const lasting = runStore.capabilities.durability !== 'process';
    if (lasting) keeper = createRunKeeper(runStore, owner, leaseTtlMs);
    services = {
      clock,
      runStore,
      payloads,
      limits: createLimits(clock),
      owner,
      leaseTtlMs: lasting ? leaseTtlMs : foreverMs,
      graceMs,
      sync: lasting && durability === 'sync',
      use,
      queue,
      ...(options.intercept && { intercept: options.intercept }),
      tracer: telemetry && createTracer(telemetry),
      publish: plugins.publish,
      findUnit: registry.find,
      runChild: runs.runChild,
      runElsewhere: runs.runElsewhere,
    };
    return services;
  }

  let installing: Promise<Services> | undefined;
  /** Throws when it is closed: called by what gives a promise. */
  function ready(): Services | Promise<Services> {
    if (closing.signal.aborted) throw new ClosedError('the orchestrator');
    installing ??= install();
    return services ?? installing;
  }

  const handle = <O>(execution: RunExecution, watch?: WatchOptions) => liveRun<O>(execution, watch);

  function stored<O>(runId: string, { runStore: store, payloads }: Services, watch?: WatchOptions): Run<O> {
    return storedRun<O>(runId, { store, payloads, closing: closing.signal, cancel }, watch);
  }

  function unitOf(record: RunRecord): AnyUnit {
    const unit = registry.find(record.unitId, record.version);
    if (unit) return unit;
    throw new AiworkError(
      'AIWORK_FLOW_NOT_REGISTERED',
      `run "${record.id}" is of "${record.unitId}", which this orchestrator does not know: give it in createOrchestrator({ units: […] })`,
    );
  }

  async function start<I, O>(unit: AnyUnit, input: I, given: StartOptions = {}): Promise<Run<O>> {
    const opening = ready();
    const here = opening instanceof Promise ? await opening : opening;
    registry.add(unit);
    const { idempotencyKey, budget, signal, trace, tags, priority } = given;
    if (budget) checkBudget(budget, 'the run');
    signal?.throwIfAborted();
    const runId =
      given.runId !== undefined
        ? checkRunId(given.runId)
        : idempotencyKey !== undefined
          ? runIdForKey(unit, idempotencyKey)
          : (options.newRunId?.() ?? newRunId(clock.now()));
    const checking = checkInput(unit, input);
    const checked = checking instanceof Promise ? await checking : checking;
    const part = trace && checkTraceContext(trace);
    const execution = await runs.begin({ unit, runId, tags, priority, budget, signal, trace: part }, checked);
    if (execution) return handle(execution);
    const record = await requireRecord(here.runStore, runId);
    if (idempotencyKey === undefined || record.unitId !== unit.id) {
      throw new AiworkError(
        'AIWORK_RUN_EXISTS',
        `there is a run "${runId}" already: choose another runId, or resume that one`,
      );
    }
    return attach(record, unit, here);
  }

  /** The run there is; when nobody works on it, it is taken up. */
  async function attach<O>(record: RunRecord, unit: AnyUnit, here: Services): Promise<Run<O>> {
    const local = runs.get(record.id);
    if (local) return handle(local);
    if (isFinal(record.status)) return stored(record.id, here);
    try {
      return handle(await runs.resume(record, unit));
    } catch (error) {
      if (hasCode(error, 'AIWORK_RUN_OWNED')) return stored(record.id, here);
      throw error;
    }
  }

  async function resume(runId: string, given: { readonly signal?: AbortSignal } = {}): Promise<Run<unknown>> {
    const here = await ready();
    const local = runs.get(runId);
    if (local) return handle(local);
    const record = await requireRecord(here.runStore, runId);
    if (isFinal(record.status)) return stored(runId, here);
    return handle(await runs.resume(record, unitOf(record), given));
  }

  async function cancel(runId: string, reason = 'cancelled by the caller'): Promise<void> {
    const here = await ready();
    const local = runs.get(runId);
    if (local) {
      local.cancel(reason);
      await local.ended;
      return;
    }
    const record = await requireRecord(here.runStore, runId);
    if (isFinal(record.status)) return;
    await leaveMessage(here, runId, { type: 'run.cancel-requested', reason });
    // With nobody at work on it, the undos are this process's to do, if it has the code.
    const unit = registry.find(record.unitId, record.version);
    if (!unit) return;
    const execution = await runs.resume(record, unit).catch((error) => {
      if (!hasCode(error, 'AIWORK_RUN_OWNED')) throw error;
    });
    await (execution?.ended ??
      stored(runId, here)
        .result()
        .catch(() => {}));
  }

  async function rerun(runId: string, given: RerunOptions = {}) {
    const here = await ready();
    const record = await requireRecord(here.runStore, runId);
    const unit = unitOf(record);
    const input = await fromStoredInput(record, here.payloads);
    let kept: readonly RunEventBody[] | undefined;
    if (given.from !== undefined) {
      const { keptEvents } = await import('./engine/rerun.ts');
      kept = keptEvents(compile(unit), await loadState(here.runStore, here.payloads, runId), given.from);
    }
    const id =
      given.runId === undefined ? (options.newRunId?.() ?? newRunId(clock.now())) : checkRunId(given.runId);
    const execution = await runs.begin(
      {
        unit,
        runId: id,
        tags: given.tags ? [...record.tags, ...given.tags] : record.tags,
        rerunOf: runId,
        ...(record.priority !== undefined && { priority: record.priority }),
        ...(record.budget && { budget: record.budget }),
        ...(given.signal && { signal: given.signal }),
        ...(given.from !== undefined && { rerunFrom: given.from }),
        ...(kept && { kept }),
      },
      input,
    );
    if (execution) return handle<unknown>(execution);
    throw new AiworkError('AIWORK_RUN_EXISTS', `there is a run "${id}" already: choose another runId`);
  }

  async function prune(before?: Date): Promise<number> {
    const { runStore, payloads } = await ready();
    if (!before && retentionMs === undefined) {
      const message = 'prune needs a date, or an orchestrator with a "retention"';
      throw new AiworkError('AIWORK_INVALID_ARGUMENT', message);
    }
    return pruneRuns(runStore, payloads, before?.getTime() ?? clock.now() - (retentionMs as number));
  }

  function scheduleHost(here: Services): ScheduleHost {
    return {
      clock,
      async start(flow, input, runId) {
        const checked = await checkInput(flow, input);
        await runs.begin({ unit: flow, runId, tags: ['scheduled'] }, checked);
      },
      async latest(flow) {
        const { items } = await here.runStore.list({ unitId: flow.id, tag: 'scheduled', limit: 1 });
        return items[0] && { runId: items[0].id, unfinished: !isFinal(items[0].status) };
      },
      over: (runId) => stored<void>(runId, here).result().then(ignore, ignore),
      cancel,
      report,
    };
  }

  async function worker(given: WorkerOptions = {}): Promise<AsyncDisposable> {
    const here = await ready();
    const pollMs = toMilliseconds(given.pollInterval ?? '1s', 'pollInterval');
    const { queues = [], group = 'aiwork', concurrency = 16 } = given;
    const draining = new AbortController();
    const { signal } = draining;
    const serving =
      queues.length > 0 ? serve(here, { queues, group, concurrency, signal }).catch(report) : undefined;
    const schedules: (() => void)[] = [];
    for (const unit of registry.newest()) {
      if (unit.kind !== 'flow') continue;
      for (const schedule of (unit as AnyFlow).toGraph().schedules ?? []) {
        schedules.push(await runOnSchedule(unit as AnyFlow, schedule, scheduleHost(here)));
      }
    }
    const stopWork = startWorker(
      {
        clock,
        store: here.runStore,
        isLocal: (runId) => runs.get(runId) !== undefined || left.has(runId),
        async takeUp(runId) {
          const record = await requireRecord(here.runStore, runId);
          const { parent, queue } = record;
          // A sub-flow's run is its parent's to go on with, and one of a queue its workers'.
          if (queue === undefined ? parent : !queues.includes(queue)) return false;
          if (!isFinal(record.status)) await (await runs.resume(record, unitOf(record))).ended;
          return true;
        },
        tidy: async () => {
          if (retentionMs !== undefined) await prune();
        },
        report,
      },
      concurrency,
      pollMs,
    );
    const stop = async () => {
      workers.delete(stop);
      for (const stopSchedule of schedules) stopSchedule();
      draining.abort(new ClosedError('the worker'));
      await Promise.all([stopWork(), serving]);
    };
    workers.add(stop);
    return { [Symbol.asyncDispose]: stop };
  }

  function serve(here: Services, options: QueueWorkerOptions): Promise<void> {
    const queue = here.use('queue');
    const { leases } = queue.capabilities;
    return workOnQueues(
      {
        clock,
        queue,
        heartbeatMs: (leases ? Math.min(leases.ms, leaseTtlMs) : leaseTtlMs) / 3,
        async takeUp(runId) {
          const record = await here.runStore.getRun(runId);
          return record && !isFinal(record.status) ? runs.resume(record, unitOf(record)) : undefined;
        },
        left: left.add,
      },
      options,
    );
  }

  let closed: Promise<void> | undefined;
  async function shutDown(): Promise<void> {
    closing.abort(new ClosedError('the orchestrator'));
    await installing?.catch(() => {});
    // What workers have at work is left, not waited for.
    await Promise.all([...[...workers].map((stop) => stop()), runs.close()]);
    keeper?.close();
    await installed?.dispose();
  }
  const close = () => {
    closed ??= shutDown();
    return closed;
  };

  return {
    start: start as Orchestrator['start'],
    resume,
    async open(runId, watch) {
      const here = await ready();
      const local = runs.get(runId);
      if (local) return handle(local, watch);
      await requireRecord(here.runStore, runId);
      return stored(runId, here, watch);
    },
    async signal(runId, step, payload, given = {}) {
      const here = await ready();
      const stepId = typeof step === 'string' ? step : step.id;
      const record = await requireRecord(here.runStore, runId);
      const local = runs.get(runId);
      const state = local?.state ?? (await loadState(here.runStore, here.payloads, runId));
      await checkSignalTarget({
        record,
        state,
        unit: registry.find(record.unitId, record.version),
        stepId,
        payload,
        ...given,
      });
      if (local) await local.deliver(stepId, payload, given.idempotencyKey);
      else
        await leaveMessage(here, runId, {
          type: 'signal.received',
          stepId,
          ...(payload !== undefined && { payload }),
          ...given,
        });
    },
    rerun,
    async runStep(flow, step, given) {
      const { runStep } = await import('./engine/run-step.ts');
      return runStep(flow, step, given, { services: await ready(), runs });
    },
    cancel,
    worker,
    get: async (runId) => (await ready()).runStore.getRun(runId),
    list: async (query) => (await ready()).runStore.list(query),
    async *events(runId, { afterSeq = 0 } = {}) {
      const { runStore, payloads } = await ready();
      await requireRecord(runStore, runId);
      await runs.get(runId)?.flush();
      yield* readEvents(runStore, payloads, runId, afterSeq);
    },
    prune,
    use: (slot, name) => {
      if (!installed)
        throw new AiworkError(
          'AIWORK_SLOT_EMPTY',
          `"${slot}" is not there yet: plugins are set up by the first call that starts or reads a run`,
        );
      return installed.use(slot, name);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function ignore(): void {}

function report(error: unknown): void {
  process.emitWarning(error instanceof Error ? error.message : String(error), 'AiworkWarning');
}
