import type { RunRecord } from '../adapters/run-store.ts';
import { AiworkError, ClosedError } from '../errors.ts';
import type { Budget } from '../policy.ts';
import { fromRunError, toRunError } from '../run-error.ts';
import type { RunEvent, RunEventBody, RunStatus } from '../run-event.ts';
import type { TraceContext } from '../trace-context.ts';
import type { AnyUnit } from '../units/runnable.ts';
import { type BudgetMeter, createBudgetMeter, type Usage } from './budget-meter.ts';
import type { Compiled, CompiledNode } from './compile.ts';
import { enterLimits } from './enter-limits.ts';
import { performUnit } from './execute-unit.ts';
import { Journal, type JournalHost } from './journal.ts';
import { cancelLeftChildren } from './left-children.ts';
import { OuterOfRun } from './outer-of-run.ts';
import {
  cancelled,
  finishedError,
  reasonText,
  runFailure,
  runTimedOut,
  wallTimeUsedUp,
} from './run-failure.ts';
import { type RunState, stepState, usageIn } from './run-state.ts';
import { Scheduler, type SchedulerHost } from './scheduler.ts';
import type { Outer, RunScope, Services } from './scope.ts';
import { type OpenSpan, runEnd } from './tracer.ts';
import { createWaitingRoom, type WaitingRoom } from './waiting-room.ts';
import { windDown } from './wind-down.ts';

/** How working on a run ended. `stopped`: here, but the run itself is not over. */
export type Ending =
  | { readonly status: 'succeeded'; readonly output: unknown }
  | { readonly status: 'failed' | 'cancelled' | 'stopped'; readonly error: AiworkError };

export interface ExecutionOptions {
  readonly services: Services;
  readonly compiled: Compiled;
  readonly record: RunRecord;
  readonly input: unknown;
  readonly state: RunState;
  readonly budget: Budget | undefined;
  /** The meter of the step that started this run. */
  readonly outerMeter: BudgetMeter | undefined;
  /** Cancels the run. */
  readonly signal: AbortSignal | undefined;
  /** Whether `signal` aborts because the run is to be left rather than cancelled. */
  readonly leavingSignal: AbortSignal | undefined;
  /** Keys of limits held by what started this run. */
  readonly held: readonly string[] | undefined;
  /** The id that its code is shown. Default: the record's. */
  readonly shownId: string | undefined;
}

const nothingHeld: readonly string[] = [];

/** Nothing further starts: because the run is going to end, or because work on it ends here. */
type Phase = 'working' | 'ending' | 'leaving' | 'over';

/**
 * Works on one run: starts every step whose needs are met, journals how each ends, and brings the run to its end. What
 * it does next follows from the graph and the state alone, so a run that was interrupted goes on where its journal ends.
 */
export class RunExecution implements RunScope, JournalHost, SchedulerHost {
  readonly runId: string;
  readonly shownId: string;
  readonly services: Services;
  readonly state: RunState;
  readonly ended: Promise<Ending>;
  readonly #compiled: Compiled;
  readonly #record: RunRecord;
  readonly #outerSignal: AbortSignal | undefined;
  readonly #outerLeaving: AbortSignal | undefined;
  /** Made when something looks, as are those below: most runs are over before. */
  #leaving: AbortController | undefined;
  /** Whether others may have worked on it before. */
  readonly #resumed: boolean;
  readonly #journal: Journal;
  readonly #scheduler: Scheduler;
  readonly #meter: BudgetMeter;
  readonly outer: OuterOfRun;
  #subscribers: Set<(event: RunEvent) => void> | undefined;
  /** When something first waits. */
  #room: WaitingRoom | undefined;
  #children: Set<Promise<unknown>> | undefined;
  /** To be called when the run is over. */
  #releases: (() => void)[] | undefined;
  #phase: Phase = 'working';
  /** Whether the run waits for a place among the runs of its flow. */
  #queued = false;
  #working = 0;
  /** When its own limits end it. */
  #deadline = Number.POSITIVE_INFINITY;
  #resolveEnded!: (ending: Ending) => void;

  constructor(options: ExecutionOptions) {
    const { services, compiled, record, input, state, budget, outerMeter, signal } = options;
    this.runId = record.id;
    this.shownId = options.shownId ?? record.id;
    this.services = services;
    this.state = state;
    this.#compiled = compiled;
    this.#record = record;
    this.#outerSignal = signal;
    this.#outerLeaving = options.leavingSignal;
    this.#resumed = state.startedAt !== 0;
    const flowBudget = compiled.unit.kind === 'flow' ? compiled.unit.policy.budget : undefined;
    this.#meter = createBudgetMeter(
      flowBudget && budget ? { ...flowBudget, ...budget } : (budget ?? flowBudget),
      outerMeter,
    );
    this.outer = new OuterOfRun(this, this.#meter, record.priority ?? 0, options.held ?? nothingHeld);
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    this.#journal = new Journal(this);
    this.#scheduler = new Scheduler(this, { compiled, input, journal: this.#journal });
  }

  /** Begins, or goes on. */
  start(): void {
    const { state } = this;
    const span = this.#openSpan();
    this.#announce(span);
    if (state.usage) Object.assign(this.#meter.used, usageIn(state));
    if (state.ending) return this.#end(state.ending.status, fromRunError(state.ending.error));
    if (state.cancelRequested !== undefined) return this.#end('cancelled', cancelled(state.cancelRequested));
    const lost = this.#scheduler.unhandledFailure();
    if (lost) return this.failBecauseOf(lost.node, lost.error);
    this.#startClocks();
    this.#followSignal();
    const entered = this.#enterFlow();
    // Rejects when the run ends while it stands in the queue.
    if (entered !== undefined) entered.then(() => this.#scheduler.start()).catch(() => {});
    else this.#scheduler.start();
  }

  /** A flow's own concurrency and rate limits hold for its runs. */
  #enterFlow(): Promise<void> | undefined {
    const { kind, id, policy } = this.#compiled.unit;
    if (kind !== 'flow' || (policy.concurrency === undefined && !policy.rateLimit)) return undefined;
    this.#queued = true;
    return enterLimits(this.outer, { stepId: id, policy, limitKey: `flow:${id}` }).then(({ leave, held }) => {
      this.#queued = false;
      this.outer.held = held;
      if (this.#phase === 'over') leave();
      else this.#atEnd(leave);
    });
  }

  #openSpan(): OpenSpan | undefined {
    const { tracer } = this.services;
    if (!tracer) return undefined;
    const { kind, id, version } = this.#compiled.unit;
    const { tags, queue } = this.#record;
    const work = { runId: this.runId, unit: { kind, id, version }, tags, resumed: this.#resumed };
    const span = tracer.run({ ...work, ...(queue !== undefined && { queue }) }, this.trace);
    this.outer.span = span;
    void this.ended.then((ending) =>
      span?.end(ending.status === 'succeeded' ? ending : runEnd(ending.status, ending.error)),
    );
    return span;
  }

  #announce(span: OpenSpan | undefined): void {
    const { unitId, version, tags } = this.#record;
    const { owner } = this.services;
    const trace = span?.trace ?? this.trace;
    const { hash: graphHash } = this.#compiled;
    const traced = trace && { trace };
    if (this.#resumed)
      return this.emit({ type: 'run.resumed', unitId, version, graphHash, tags, owner, ...traced });
    const digests = this.#compiled.digests();
    if (!traced) return this.#journal.emitBegun({ unitId, version, graphHash, tags, digests });
    this.emit({ type: 'run.started', unitId, version, graphHash, tags, owner, digests, ...traced });
  }

  #startClocks(): void {
    const { clock } = this.services;
    const arm = (limitMs: number | undefined, error: (ms: number) => AiworkError) => {
      if (limitMs === undefined) return;
      const deadline = this.state.startedAt + limitMs;
      this.#deadline = Math.min(this.#deadline, deadline);
      const left = Math.max(0, deadline - clock.now());
      this.#atEnd(clock.setTimer(left, () => this.#end('failed', error(limitMs))));
    };
    arm(this.#compiled.timeoutMs, (ms) => runTimedOut(this.runId, ms));
    arm(this.#meter.wallTimeMs, (ms) => wallTimeUsedUp(this.runId, ms));
  }

  #followSignal(): void {
    const signal = this.#outerSignal;
    if (!signal) return;
    const follow = () => {
      if (this.#outerLeaving?.aborted) void this.close();
      else this.cancel(reasonText(signal.reason));
    };
    if (signal.aborted) return follow();
    signal.addEventListener('abort', follow, { once: true });
    this.#atEnd(() => signal.removeEventListener('abort', follow));
  }

  #atEnd(release: () => void): void {
    this.#releases ??= [];
    this.#releases.push(release);
  }

  // ── What steps see of the run ─────────────────────────────────────────────────────────────

  isFor(unit: AnyUnit): boolean {
    return this.#record.queue !== undefined && this.#compiled.unit === unit;
  }

  get trace(): TraceContext | undefined {
    return this.state.trace ?? this.#record.trace;
  }

  get leaving(): AbortSignal {
    return this.#leavingController().signal;
  }

  #leavingController(): AbortController {
    this.#leaving ??= new AbortController();
    return this.#leaving;
  }

  emit(body: RunEventBody): void {
    // Nothing follows the end, whatever code was left behind still says.
    if (this.#phase !== 'over' && !this.state.finished) this.#journal.emit(body);
  }

  settled(): Promise<void> | undefined {
    return this.#journal.settled();
  }

  working(change: 1 | -1): void {
    this.#working += change;
  }

  #waitingRoom(): WaitingRoom {
    this.#room ??= createWaitingRoom();
    return this.#room;
  }

  parked<T>(wakeAt: number | undefined, wait: () => Promise<T>): Promise<T> {
    return this.#waitingRoom().parked(wakeAt, wait);
  }

  delivered(stepId: string, signal: AbortSignal): Promise<void> {
    return this.#waitingRoom().delivered(stepId, signal);
  }

  readonly runUnit = performUnit;

  track(child: Promise<unknown>): void {
    this.#children ??= new Set();
    const children = this.#children.add(child);
    const forget = () => children.delete(child);
    child.then(forget, forget);
  }

  // ── What the journal and the orchestrator see of it ───────────────────────────────────────

  situation(): { status: RunStatus; wakeAt: number | null } {
    if (this.state.finished) return { status: this.state.finished.status, wakeAt: null };
    if (this.#queued && this.#phase === 'working') return { status: 'queued', wakeAt: null };
    if (this.#working > 0 || this.#phase === 'ending' || (this.#room?.isEmpty ?? true))
      return { status: 'running', wakeAt: null };
    const wakeAt = Math.min(this.#room?.earliest() ?? Number.POSITIVE_INFINITY, this.#deadline);
    return { status: 'waiting', wakeAt: Number.isFinite(wakeAt) ? wakeAt : null };
  }

  get subscribers(): Set<(event: RunEvent) => void> {
    this.#subscribers ??= new Set();
    return this.#subscribers;
  }

  publish(event: RunEvent, foreign: boolean): void {
    this.services.publish(event);
    if (this.#subscribers) for (const subscriber of this.#subscribers) subscriber(event);
    if (!foreign) return;
    if (event.type === 'run.cancel-requested') this.#end('cancelled', cancelled(event.reason));
    if (event.type === 'signal.received') this.#room?.wake(event.stepId);
  }

  /** What the run used so far, sub-runs included. */
  used(): Usage {
    return { ...this.#meter.used };
  }

  /** Ends the run's work for a reason of a step's own, such as its budget. */
  abort(reason: unknown): void {
    this.outer.abort(reason);
  }

  /** Hands a payload to a step of this run. */
  async deliver(stepId: string, payload: unknown, idempotencyKey?: string): Promise<void> {
    if (this.state.finished) throw finishedError(this.runId, this.state.finished.status);
    this.emit({
      type: 'signal.received',
      stepId,
      ...(payload !== undefined && { payload }),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    });
    await this.#journal.flush();
    this.#room?.wake(stepId);
  }

  cancel(reason: string): void {
    if (this.#phase !== 'working') return;
    this.emit({ type: 'run.cancel-requested', reason });
    this.#end('cancelled', cancelled(reason));
  }

  /** When everything emitted so far is in the store; does not reject. */
  flush(): Promise<void> {
    return this.#journal.flush().catch(() => {});
  }

  catchUp(): Promise<void> {
    return this.flush().then(() => this.poll());
  }

  /** Looks for messages others left in the journal. */
  async poll(): Promise<void> {
    if (this.#phase !== 'over') await this.#journal.poll();
  }

  /** The owner of the lease is another one now. */
  loseLease(): void {
    this.stop(
      new AiworkError(
        'AIWORK_LEASE_LOST',
        `the lease of run "${this.runId}" was lost: another worker goes on with it`,
      ),
    );
  }

  /** Stops working here, so that the run can go on elsewhere: aborts steps and undos, keeps what they finish. */
  async close(): Promise<void> {
    const error = new ClosedError('the orchestrator');
    this.#leavingController().abort(error);
    if (this.#phase === 'working') {
      this.#phase = 'leaving';
      this.#abort('leaving', error);
      await this.#scheduler.quiet();
      await this.flush();
      this.stop(error);
    }
    const { status } = await this.ended;
    const { runStore, owner } = this.services;
    // The lease runs out by itself when it cannot be given back.
    if (status === 'stopped') await runStore.release(this.runId, owner).catch(() => {});
  }

  // ── The end ───────────────────────────────────────────────────────────────────────────────

  failBecauseOf(node: CompiledNode, thrown: unknown): void {
    this.#end('failed', runFailure(node.id, thrown, stepState(this.state, node.id).attempt));
  }

  succeed(output: unknown): void {
    this.#phase = 'ending';
    const finish = () => {
      this.emit({ type: 'run.finished', status: 'succeeded', ...(output !== undefined && { output }) });
      this.#finish({ status: 'succeeded', output });
    };
    if (!this.#resumed && !this.#children?.size) return finish();
    this.outer.abort(cancelled('the run it belongs to is over'));
    const outer = { ...this.outer, signal: this.leaving };
    this.#childrenOver(outer, 'the run it belongs to is over').then(finish, (thrown) => this.#giveUp(thrown));
  }

  #end(status: 'failed' | 'cancelled', error: AiworkError): void {
    if (this.#phase !== 'working') return;
    this.#phase = 'ending';
    if (!this.state.ending) this.emit({ type: 'run.ending', status, error: toRunError(error) });
    this.#abort(
      'cancelling',
      status === 'cancelled' ? error : cancelled(`the run is ending: ${error.message}`),
    );
    this.#windDown(status, error).then(
      () => {
        this.emit({ type: 'run.finished', status, error: toRunError(error) });
        this.#finish({ status, error });
      },
      (thrown) => this.#giveUp(thrown),
    );
  }

  async #windDown(status: 'failed' | 'cancelled', error: AiworkError): Promise<void> {
    // A scope for what runs after the run's own signal has aborted.
    const outer = { ...this.outer, signal: this.leaving, meter: createBudgetMeter() };
    await this.#scheduler.quiet();
    await this.#childrenOver(outer, error.message);
    await windDown(outer, this.#compiled, { status, error }, () => this.leaving.aborted);
  }

  /** Sub-flows have to be over before the run is: losers of races, too, and those another process had at work. */
  async #childrenOver(outer: Outer, reason: string): Promise<void> {
    await Promise.allSettled(this.#children ?? []);
    if (this.#resumed) await cancelLeftChildren(outer, this.#compiled, reason);
    this.leaving.throwIfAborted();
  }

  /** Leaves the end to others. */
  async #giveUp(thrown: unknown): Promise<void> {
    await this.flush();
    this.stop(this.leaving.aborted ? this.leaving.reason : runFailure('$end', thrown, 1));
  }

  #abort(mode: 'cancelling' | 'leaving' | 'over', reason: unknown): void {
    this.#scheduler.stop(mode, reason);
    this.outer.abort(reason);
  }

  #finish(ending: Ending): void {
    this.#journal.flush().then(
      () => this.#resolve(ending),
      // A journal that is lost has stopped the run.
      () => {},
    );
  }

  stop(error: AiworkError): void {
    if (this.#phase === 'over') return;
    this.#leavingController().abort(error);
    this.#resolve({ status: 'stopped', error });
    this.#abort('over', error);
  }

  #resolve(ending: Ending): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    for (const release of this.#releases ?? []) release();
    this.#resolveEnded(ending);
  }
}
