import type { RunRecord } from '../adapters/run-store.ts';
import { AiworkError, ClosedError } from '../errors.ts';
import type { Budget } from '../policy.ts';
import { fromRunError, type RunError, toRunError } from '../run-error.ts';
import type { RunEvent, RunEventBody, RunStatus } from '../run-event.ts';
import { type BudgetMeter, createBudgetMeter, type Usage } from './budget-meter.ts';
import type { Compiled, CompiledNode } from './compile.ts';
import { callChecked } from './execute-unit.ts';
import { createJournal, type Journal } from './journal.ts';
import { NodeStatus, NodeTable } from './node-table.ts';
import { enterLimits, isThenable, type Outer } from './perform.ts';
import { cancelled, reasonText, runFailure } from './run-failure.ts';
import { runNode, skip } from './run-node.ts';
import { type RunState, stepState, usageIn } from './run-state.ts';
import type { RunScope, Services } from './scope.ts';
import { inspectValue } from './serialize.ts';
import { StepContext } from './step-context.ts';
import { createWaitingRoom } from './waiting-room.ts';
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
  readonly budget?: Budget;
  /** The meter of the step that started this run. */
  readonly outerMeter?: BudgetMeter;
  /** Cancels the run. */
  readonly signal?: AbortSignal;
  /** Keys of limits held by what started this run. */
  readonly held?: readonly string[];
}

/** Nothing further starts: because the run is going to end, or because work on it ends here. */
type Phase = 'working' | 'ending' | 'leaving' | 'over';

/**
 * Works on one run: starts every step whose needs are met, journals how each ends, and brings the run to its end. What
 * it does next follows from the graph and the state alone, so a run that was interrupted goes on where its journal ends.
 */
export class RunExecution implements RunScope {
  readonly runId: string;
  readonly services: Services;
  readonly state: RunState;
  readonly ended: Promise<Ending>;
  readonly subscribers = new Set<(event: RunEvent) => void>();
  readonly #compiled: Compiled;
  readonly #record: RunRecord;
  readonly #outerSignal: AbortSignal | undefined;
  readonly #table: NodeTable;
  readonly #journal: Journal;
  readonly #meter: BudgetMeter;
  #outer: Outer;
  readonly #controller = new AbortController();
  /** Of nodes that may be aborted while the run goes on. */
  readonly #aborts = new Map<number, AbortController>();
  readonly #waiting = createWaitingRoom();
  readonly #children = new Set<Promise<unknown>>();
  /** To be called when the run is over. */
  readonly #releases: (() => void)[] = [];
  readonly #prioritised: boolean;
  #ready: number[] = [];
  #phase: Phase = 'working';
  /** Whether the run waits for a place among the runs of its flow. */
  #queued = false;
  #inFlight = 0;
  #working = 0;
  #pumping = false;
  #onQuiet: (() => void) | undefined;
  #resolveEnded!: (ending: Ending) => void;

  constructor(options: ExecutionOptions) {
    const { services, compiled, record, input, state, budget, outerMeter, signal, held = [] } = options;
    this.runId = record.id;
    this.services = services;
    this.state = state;
    this.#compiled = compiled;
    this.#record = record;
    this.#outerSignal = signal;
    this.#table = new NodeTable(compiled, input, state);
    this.#prioritised = compiled.nodes.some((node) => node.policy.priority !== undefined);
    const flowBudget = compiled.unit.kind === 'flow' ? compiled.unit.policy.budget : undefined;
    this.#meter = createBudgetMeter({ ...flowBudget, ...budget }, outerMeter);
    this.#outer = {
      run: this,
      signal: this.#controller.signal,
      meter: this.#meter,
      priority: record.priority ?? 0,
      held,
    };
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    this.#journal = createJournal({
      runId: record.id,
      state,
      store: services.runStore,
      payloads: services.payloads,
      clock: services.clock,
      owner: services.owner,
      sync: services.sync,
      situation: () => this.#situation(),
      publish: (event, foreign) => this.#publish(event, foreign),
      onLost: (error) => this.#stop(error),
    });
  }

  /** Begins, or goes on. */
  start(): void {
    const { state } = this;
    this.#announce();
    Object.assign(this.#meter.used, usageIn(state));
    if (state.ending) return this.#end(state.ending.status, fromRunError(state.ending.error));
    if (state.cancelRequested !== undefined) return this.#end('cancelled', cancelled(state.cancelRequested));
    const lost = this.#unhandledFailure();
    if (lost) return this.#failBecauseOf(lost, fromRunError(stepState(state, lost.id).error as RunError));
    this.#startClocks();
    this.#followSignal();
    const entered = this.#enterFlow();
    // Rejects when the run ends while it stands in the queue.
    if (entered) entered.then(() => this.#begin()).catch(() => {});
    else this.#begin();
  }

  #begin(): void {
    this.#ready = this.#table.startable();
    this.#pump();
  }

  /** A flow's own concurrency and rate limits hold for its runs. */
  #enterFlow(): Promise<void> | undefined {
    const { kind, id, policy } = this.#compiled.unit;
    if (kind !== 'flow' || (policy.concurrency === undefined && !policy.rateLimit)) return undefined;
    this.#queued = true;
    return enterLimits(this.#outer, { stepId: id, policy, limitKey: `flow:${id}` }).then(
      ({ leave, held }) => {
        this.#queued = false;
        this.#outer = { ...this.#outer, held };
        if (this.#phase === 'over') leave();
        else this.#releases.push(leave);
      },
    );
  }

  #announce(): void {
    const { unitId, version, tags } = this.#record;
    const identity = { unitId, version, graphHash: this.#compiled.hash, tags };
    if (this.state.startedAt === 0)
      this.emit({ type: 'run.started', ...identity, digests: this.#compiled.digests() });
    else this.emit({ type: 'run.resumed', ...identity, owner: this.services.owner });
  }

  /** A failure the process did not live to act on. */
  #unhandledFailure(): CompiledNode | undefined {
    if (this.state.steps.size === 0) return undefined;
    return this.#table.nodes.find(
      (node) => !node.failureHandled && this.#table.status(node.index) === NodeStatus.failed,
    );
  }

  #startClocks(): void {
    const { clock } = this.services;
    const arm = (limitMs: number | undefined, error: (ms: number) => AiworkError) => {
      if (limitMs === undefined) return;
      const left = Math.max(0, this.state.startedAt + limitMs - clock.now());
      this.#releases.push(clock.setTimer(left, () => this.#end('failed', error(limitMs))));
    };
    arm(
      this.#compiled.timeoutMs,
      (ms) =>
        new AiworkError('AIWORK_RUN_TIMEOUT', `run "${this.runId}" took longer than its timeout of ${ms} ms`),
    );
    arm(
      this.#meter.wallTimeMs,
      (ms) =>
        new AiworkError(
          'AIWORK_BUDGET_EXCEEDED',
          `run "${this.runId}" used up its budget: wallTime of ${ms} ms`,
        ),
    );
  }

  #followSignal(): void {
    const signal = this.#outerSignal;
    if (!signal) return;
    const follow = () => this.cancel(reasonText(signal.reason));
    if (signal.aborted) return follow();
    signal.addEventListener('abort', follow, { once: true });
    this.#releases.push(() => signal.removeEventListener('abort', follow));
  }

  // ── Scheduling ────────────────────────────────────────────────────────────────────────────

  /** Starts what is ready. A list that grows while it is worked off, rather than recursion: chains may be long. */
  #pump(): void {
    if (this.#pumping || this.#phase !== 'working') return;
    this.#pumping = true;
    while (this.#ready.length > 0 && this.#phase === 'working') {
      const batch = this.#ready;
      this.#ready = [];
      if (this.#prioritised) batch.sort((a, b) => this.#priority(b) - this.#priority(a));
      for (const index of batch) {
        if (this.#phase === 'working' && this.#table.status(index) === NodeStatus.pending) {
          this.#launch(this.#table.nodes[index] as CompiledNode);
        }
      }
    }
    this.#pumping = false;
    if (this.#table.unsettled === 0 && this.#phase === 'working') this.#succeed();
  }

  #priority(index: number): number {
    return this.#table.nodes[index]?.policy.priority ?? 0;
  }

  #launch(node: CompiledNode): void {
    if (node.node.kind === 'race') return this.#decideRace(node);
    if (node.node.kind !== 'settle' && this.#isRefused(node)) return;
    this.#table.begin(node);
    this.#inFlight += 1;
    if (node.simple && !this.services.intercept) return this.#runSimple(node);
    runNode({ compiled: this.#compiled, table: this.#table, node, outer: this.#outerOf(node) }).then(
      (output) => this.#onSucceeded(node, output),
      (error) => this.#onFailed(node, error),
    );
  }

  /** A step cannot start when one it needs failed or was aborted. */
  #isRefused(node: CompiledNode): boolean {
    for (const index of node.edges) {
      const status = index < 0 ? NodeStatus.succeeded : this.#table.status(index);
      if (status !== NodeStatus.failed && status !== NodeStatus.cancelled) continue;
      const need = this.#table.nodes[index] as CompiledNode;
      if (status === NodeStatus.cancelled) {
        this.emit({
          type: 'step.cancelled',
          stepId: node.id,
          reason: `step "${need.id}", which it needs, was aborted`,
        });
        this.#settle(node, NodeStatus.cancelled);
        return true;
      }
      if (need.node.onError === 'continue') continue;
      const message = `step "${node.id}" cannot start: step "${need.id}", which it needs, failed`;
      this.#fail(node, 0, new AiworkError('AIWORK_NEED_FAILED', message, { stepId: node.id }));
      return true;
    }
    return false;
  }

  /** The quick way for steps that are nothing but code to call. */
  #runSimple(node: CompiledNode): void {
    const stepId = node.id;
    const step = stepState(this.state, stepId);
    const attempt = step.attempt + 1;
    this.#journal.emitStarted(stepId, attempt);
    this.#working += 1;
    const ctx = new StepContext({
      ...this.#outer,
      stepId,
      state: step,
      attempt,
      abort: (reason) => this.#abort(reason),
    });
    let result: unknown;
    try {
      result = node.run
        ? node.run(this.#table.named(node), ctx)
        : callChecked(node.unit as never, this.#table.callInput(node), ctx);
    } catch (error) {
      return this.#simpleFailed(node, attempt, error);
    }
    if (!isThenable(result)) return this.#simpleSucceeded(node, attempt, result);
    result.then(
      (output) => this.#simpleSucceeded(node, attempt, output),
      (error) => this.#simpleFailed(node, attempt, error),
    );
  }

  #simpleSucceeded(node: CompiledNode, attempt: number, output: unknown): void {
    if (this.#isLate(node)) return;
    try {
      inspectValue(output, `the output of step "${node.id}"`);
    } catch (error) {
      return this.#simpleFailed(node, attempt, error);
    }
    this.#working -= 1;
    this.#journal.emitSucceeded(node.id, attempt, output);
    this.#onceSettled(() => this.#onSucceeded(node, output));
  }

  #simpleFailed(node: CompiledNode, attempt: number, thrown: unknown): void {
    if (this.#isLate(node)) return;
    this.#working -= 1;
    if (!this.#controller.signal.aborted) {
      this.emit({ type: 'step.failed', stepId: node.id, attempt, error: toRunError(thrown, node.id) });
    }
    this.#onFailed(node, thrown);
  }

  #isLate(node: CompiledNode): boolean {
    return this.#phase === 'over' || this.#table.status(node.index) !== NodeStatus.running;
  }

  #onceSettled(next: () => void): void {
    const settled = this.settled();
    // A journal that is lost has stopped the run.
    if (settled !== undefined) settled.then(next, () => {});
    else next();
  }

  #outerOf(node: CompiledNode): Outer {
    return node.abortable ? { ...this.#outer, signal: this.#abortOf(node.index).signal } : this.#outer;
  }

  #abortOf(index: number): AbortController {
    let controller = this.#aborts.get(index);
    if (!controller) {
      controller = new AbortController();
      this.#aborts.set(index, controller);
    }
    return controller;
  }

  #onSucceeded(node: CompiledNode, output: unknown): void {
    this.#inFlight -= 1;
    if (!this.#isLate(node)) {
      if (output === skip) this.#settle(node, NodeStatus.skipped);
      else this.#settle(node, NodeStatus.succeeded, output);
    }
    this.#whenQuiet();
  }

  #onFailed(node: CompiledNode, thrown: unknown): void {
    this.#inFlight -= 1;
    if (!this.#isLate(node)) {
      if (stepState(this.state, node.id).status === 'failed') {
        this.#settle(node, NodeStatus.failed, undefined, thrown);
      } else if (this.#phase === 'working') {
        const { attempt } = stepState(this.state, node.id);
        this.emit({ type: 'step.failed', stepId: node.id, attempt, error: toRunError(thrown, node.id) });
        this.#settle(node, NodeStatus.failed, undefined, thrown);
      } else if (this.#phase === 'ending') {
        this.emit({
          type: 'step.cancelled',
          stepId: node.id,
          reason: reasonText(this.#controller.signal.reason),
        });
        this.#settle(node, NodeStatus.cancelled);
      }
    }
    this.#whenQuiet();
  }

  #fail(node: CompiledNode, attempt: number, error: AiworkError): void {
    this.emit({ type: 'step.failed', stepId: node.id, attempt, error: toRunError(error, node.id) });
    this.#settle(node, NodeStatus.failed, undefined, error);
  }

  /** Notes how a node ended, and looks at those that waited for it. */
  #settle(node: CompiledNode, status: number, output?: unknown, thrown?: unknown): void {
    this.#table.settle(node, status, output);
    this.#aborts.delete(node.index);
    if (status === NodeStatus.failed && !node.failureHandled) this.#failBecauseOf(node, thrown);
    for (const index of node.dependents) {
      const won = status === NodeStatus.succeeded && this.#table.nodes[index]?.node.kind === 'race';
      if (this.#table.closeNeed(index) || won) this.#ready.push(index);
    }
    this.#pump();
  }

  #decideRace(race: CompiledNode): void {
    const { nodes } = this.#table;
    this.#table.begin(race);
    const winner = race.edges.find((need) => this.#table.status(need) === NodeStatus.succeeded);
    if (winner !== undefined) {
      const output = this.#table.output(winner);
      this.#journal.emitSucceeded(race.id, 1, output);
      for (const need of race.edges) this.#drop(need, `step "${nodes[winner]?.id}" won race "${race.id}"`);
      return this.#onceSettled(() => this.#settle(race, NodeStatus.succeeded, output));
    }
    if (race.edges.every((need) => this.#table.status(need) === NodeStatus.skipped)) {
      this.emit({ type: 'step.skipped', stepId: race.id });
      return this.#settle(race, NodeStatus.skipped);
    }
    const causes = race.edges.flatMap((need) => {
      const { id } = nodes[need] as CompiledNode;
      const { error } = stepState(this.state, id);
      return error ? [`${id}: ${error.message}`] : [];
    });
    const message = `no contender of race "${race.id}" succeeded (${causes.join('; ')})`;
    this.#fail(race, 1, new AiworkError('AIWORK_RACE_FAILED', message, { stepId: race.id }));
  }

  /** Aborts a step nobody needs any more, and what only it needed. */
  #drop(index: number, reason: string): void {
    const node = this.#table.nodes[index];
    if (!node || this.#table.isOver(index)) return;
    this.#abortOf(index).abort(cancelled(reason));
    this.emit({ type: 'step.cancelled', stepId: node.id, reason });
    this.#settle(node, NodeStatus.cancelled);
    for (const need of node.edges) {
      const isUnneeded = this.#table.nodes[need]?.dependents.every((i) => this.#table.isOver(i));
      if (isUnneeded && need !== this.#compiled.output) this.#drop(need, reason);
    }
  }

  // ── What steps see of the run ─────────────────────────────────────────────────────────────

  emit(body: RunEventBody): void {
    if (this.#phase !== 'over') this.#journal.emit(body);
  }

  settled(): Promise<void> | undefined {
    return this.#journal.settled();
  }

  working(change: 1 | -1): void {
    this.#working += change;
  }

  parked<T>(wakeAt: number | undefined, wait: () => Promise<T>): Promise<T> {
    return this.#waiting.parked(wakeAt, wait);
  }

  delivered(stepId: string, signal: AbortSignal): Promise<void> {
    return this.#waiting.delivered(stepId, signal);
  }

  track(child: Promise<unknown>): void {
    this.#children.add(child);
    const forget = () => this.#children.delete(child);
    child.then(forget, forget);
  }

  // ── What the journal and the orchestrator see of it ───────────────────────────────────────

  #situation(): { status: RunStatus; wakeAt: number | null } {
    if (this.state.finished) return { status: this.state.finished.status, wakeAt: null };
    if (this.#queued && this.#phase === 'working') return { status: 'queued', wakeAt: null };
    if (this.#working > 0 || this.#phase === 'ending' || this.#waiting.isEmpty)
      return { status: 'running', wakeAt: null };
    return { status: 'waiting', wakeAt: this.#waiting.earliest() };
  }

  #publish(event: RunEvent, foreign: boolean): void {
    this.services.publish(event);
    for (const subscriber of this.subscribers) subscriber(event);
    if (!foreign) return;
    if (event.type === 'run.cancel-requested') this.#end('cancelled', cancelled(event.reason));
    if (event.type === 'signal.received') this.#waiting.wake(event.stepId);
  }

  /** What the run used so far, sub-runs included. */
  used(): Usage {
    return { ...this.#meter.used };
  }

  /** Hands a payload to a step of this run. */
  async deliver(stepId: string, payload: unknown, idempotencyKey?: string): Promise<void> {
    this.emit({
      type: 'signal.received',
      stepId,
      ...(payload !== undefined && { payload }),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    });
    await this.#journal.flush();
    this.#waiting.wake(stepId);
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

  /** Looks for messages others left in the journal. */
  async poll(): Promise<void> {
    if (this.#phase !== 'over') await this.#journal.poll();
  }

  /** The owner of the lease is another one now. */
  loseLease(): void {
    this.#stop(
      new AiworkError(
        'AIWORK_LEASE_LOST',
        `the lease of run "${this.runId}" was lost: another worker goes on with it`,
      ),
    );
  }

  /** Stops working here, so that the run can go on elsewhere: aborts steps, keeps what they finish. */
  async close(): Promise<void> {
    if (this.#phase !== 'working') {
      await this.ended;
      return;
    }
    this.#phase = 'leaving';
    const error = new ClosedError('the orchestrator');
    this.#abort(error);
    await this.#quiet();
    await this.flush();
    this.#stop(error);
    const { runStore, owner } = this.services;
    // The lease runs out by itself when it cannot be given back.
    await runStore.release(this.runId, owner).catch(() => {});
  }

  // ── The end ───────────────────────────────────────────────────────────────────────────────

  #failBecauseOf(node: CompiledNode, thrown: unknown): void {
    this.#end('failed', runFailure(node.id, thrown, stepState(this.state, node.id).attempt));
  }

  #succeed(): void {
    this.#phase = 'ending';
    const output = this.#table.output(this.#compiled.output);
    this.emit({ type: 'run.finished', status: 'succeeded', ...(output !== undefined && { output }) });
    this.#finish({ status: 'succeeded', output });
  }

  #end(status: 'failed' | 'cancelled', error: AiworkError): void {
    if (this.#phase !== 'working') return;
    this.#phase = 'ending';
    if (!this.state.ending) this.emit({ type: 'run.ending', status, error: toRunError(error) });
    this.#abort(status === 'cancelled' ? error : cancelled(`the run is ending: ${error.message}`));
    const isLost = () => this.#phase === 'over';
    this.#quiet()
      .then(() => Promise.allSettled(this.#children))
      .then(() => windDown(this.#afterAbort(), this.#compiled, { status, error }, isLost))
      .then(
        () => {
          this.emit({ type: 'run.finished', status, error: toRunError(error) });
          this.#finish({ status, error });
        },
        (thrown) => this.#stop(runFailure('$end', thrown, 1)),
      );
  }

  /** A scope for what runs after the run's own signal has aborted. */
  #afterAbort(): Outer {
    return { ...this.#outer, signal: new AbortController().signal, meter: createBudgetMeter() };
  }

  #abort(reason: unknown): void {
    this.#controller.abort(reason);
    for (const controller of this.#aborts.values()) controller.abort(reason);
  }

  /** When all steps have stopped, or had the grace period to. */
  async #quiet(): Promise<void> {
    if (this.#inFlight === 0) return;
    const { clock, graceMs } = this.services;
    let stopTimer = () => {};
    await new Promise<void>((resolve) => {
      this.#onQuiet = resolve;
      stopTimer = clock.setTimer(graceMs, () => {
        this.#leaveSimple();
        // Steps under a policy give up by themselves at about the same time.
        stopTimer = clock.setTimer(graceMs, resolve);
      });
    });
    stopTimer();
    this.#onQuiet = undefined;
  }

  #whenQuiet(): void {
    if (this.#inFlight === 0) this.#onQuiet?.();
  }

  #leaveSimple(): void {
    const reason = `its code did not stop within ${this.services.graceMs} ms of being told to`;
    for (const node of this.#table.nodes) {
      if (!node.simple || this.#table.status(node.index) !== NodeStatus.running) continue;
      this.emit({ type: 'step.abandoned', stepId: node.id, reason });
      this.#onFailed(node, cancelled(reason));
    }
  }

  #finish(ending: Ending): void {
    this.#journal.flush().then(
      () => this.#resolve(ending),
      // A journal that is lost has stopped the run.
      () => {},
    );
  }

  #stop(error: AiworkError): void {
    if (this.#phase === 'over') return;
    this.#resolve({ status: 'stopped', error });
    this.#abort(error);
  }

  #resolve(ending: Ending): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    for (const release of this.#releases) release();
    this.#resolveEnded(ending);
  }
}
