import { AiworkError } from '../errors.ts';
import { fromRunError, type RunError, toRunError } from '../run-error.ts';
import type { AnyTool } from '../units/tool.ts';
import type { Compiled, CompiledNode } from './compile.ts';
import { callChecked } from './execute-unit.ts';
import type { Journal } from './journal.ts';
import { NodeStatus, NodeTable } from './node-table.ts';
import { isThenable } from './perform.ts';
import { cancelled, reasonText } from './run-failure.ts';
import { runNode, skip } from './run-node.ts';
import { stepState } from './run-state.ts';
import type { Outer, Services } from './scope.ts';
import { ScopeOfStep } from './scope-of-step.ts';
import { inspectValue } from './serialize.ts';
import { StepContext } from './step-context.ts';
import { attemptEnd, type OpenSpan } from './tracer.ts';

/** The run whose nodes they are. */
export interface SchedulerHost {
  readonly services: Services;
  /** The run's own scope. */
  readonly outer: Outer;
  /** All nodes are over. */
  succeed(output: unknown): void;
  /** A node failed, and nothing in the flow takes that. */
  failBecauseOf(node: CompiledNode, thrown: unknown): void;
}

export interface Scheduled {
  readonly compiled: Compiled;
  readonly input: unknown;
  readonly journal: Journal;
}

/**
 * `open`: what is ready is started. `cancelling`: nothing starts, and what stops is journaled as cancelled. `leaving`:
 * nothing starts, and what stops is left as it is, for whoever goes on with the run. `over`: nothing counts any more.
 */
type Mode = 'open' | 'cancelling' | 'leaving' | 'over';

/** Starts every node whose needs are met, and notes how each ends. */
export class Scheduler {
  readonly #host: SchedulerHost;
  readonly #compiled: Compiled;
  readonly #table: NodeTable;
  readonly #journal: Journal;
  /** Of nodes that may be aborted while the run goes on. */
  readonly #aborts = new Map<number, AbortController>();
  #mode: Mode = 'open';
  /** Nodes that can start, in one list for the whole run; those before `#next` have been looked at. */
  #ready: number[] = [];
  #next = 0;
  #pumping = false;
  #inFlight = 0;
  #onQuiet: (() => void) | undefined;

  constructor(host: SchedulerHost, { compiled, input, journal }: Scheduled) {
    this.#host = host;
    this.#compiled = compiled;
    this.#journal = journal;
    this.#table = new NodeTable(compiled, input, host.outer.run.state);
  }

  /** Begins, or goes on from where the run's state is. */
  start(): void {
    this.#ready = this.#table.startable();
    this.#pump();
  }

  /** A failure that the process did not live to act on. */
  unhandledFailure(): { readonly node: CompiledNode; readonly error: AiworkError } | undefined {
    const { state } = this.#outer.run;
    if (state.steps.size === 0) return undefined;
    const node = this.#table.nodes.find(
      (n) => !n.failureHandled && this.#table.status(n.index) === NodeStatus.failed,
    );
    return node && { node, error: fromRunError(stepState(state, node.id).error as RunError) };
  }

  /** Starts nothing further, and aborts what is at work. */
  stop(mode: Exclude<Mode, 'open'>, reason: unknown): void {
    this.#mode = mode;
    for (const controller of this.#aborts.values()) controller.abort(reason);
  }

  /** When all that was at work has stopped, or has had the grace period to. */
  async quiet(): Promise<void> {
    if (this.#inFlight === 0) return;
    const { clock, graceMs } = this.#outer.run.services;
    let stopTimer = () => {};
    await new Promise<void>((resolve) => {
      this.#onQuiet = resolve;
      stopTimer = clock.setTimer(graceMs, () => {
        this.#leaveSimple();
        // Nodes under a policy give up by themselves at about the same time.
        stopTimer = clock.setTimer(graceMs, resolve);
      });
    });
    stopTimer();
    this.#onQuiet = undefined;
  }

  get #outer(): Outer {
    return this.#host.outer;
  }

  /** Starts what is ready. A list that is worked off, rather than recursion: chains may be long. */
  #pump(): void {
    if (this.#pumping || this.#mode !== 'open') return;
    this.#pumping = true;
    while (this.#next < this.#ready.length && this.#mode === 'open') {
      if (this.#compiled.prioritised) this.#sortReady();
      for (const end = this.#ready.length; this.#next < end && this.#mode === 'open'; ) {
        const index = this.#ready[this.#next++] as number;
        if (this.#table.status(index) === NodeStatus.pending)
          this.#launch(this.#table.nodes[index] as CompiledNode);
      }
    }
    this.#pumping = false;
    if (this.#table.unsettled > 0 || this.#mode !== 'open') return;
    const { output: index } = this.#compiled;
    const output = this.#table.nodes[index];
    // A settle step may take its failure, but cannot stand in for what the run was to give.
    if (output?.node.onError !== 'continue' && this.#table.status(index) === NodeStatus.failed) {
      const { error } = stepState(this.#outer.run.state, (output as CompiledNode).id);
      return this.#host.failBecauseOf(output as CompiledNode, fromRunError(error as RunError));
    }
    this.#mode = 'over';
    this.#host.succeed(this.#table.output(index));
  }

  #sortReady(): void {
    this.#ready = this.#ready.slice(this.#next).sort((a, b) => this.#priority(b) - this.#priority(a));
    this.#next = 0;
  }

  #priority(index: number): number {
    return this.#table.nodes[index]?.policy.priority ?? 0;
  }

  #launch(node: CompiledNode): void {
    if (node.node.kind === 'race') return this.#decideRace(node);
    if (node.node.kind !== 'settle' && this.#isRefused(node)) return;
    this.#table.begin(node);
    this.#inFlight += 1;
    const outer = this.#outer;
    if (node.simple && !outer.run.services.intercept) return this.#runSimple(node, outer);
    const own = node.abortable ? { ...outer, signal: this.#abortOf(node.index).signal } : outer;
    runNode({ compiled: this.#compiled, table: this.#table, node, outer: own }).then(
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
        this.#cancel(node, `step "${need.id}", which it needs, was aborted`);
        return true;
      }
      if (need.node.onError === 'continue') continue;
      const message = `step "${node.id}" cannot start: step "${need.id}", which it needs, failed`;
      this.#fail(node, 0, new AiworkError('AIWORK_NEED_FAILED', message, { stepId: node.id }));
      return true;
    }
    return false;
  }

  // ── Steps that are nothing but code to call: the quick way ────────────────────────────────

  #runSimple(node: CompiledNode, outer: Outer): void {
    const { run } = outer;
    const stepId = node.id;
    const state = stepState(run.state, stepId);
    const attempt = state.attempt + 1;
    this.#journal.emitStarted(stepId, attempt);
    run.working(1);
    const span = run.services.tracer?.attempt(
      { runId: run.runId, stepId, attempt, ...(node.unit && { unit: node.unit }) },
      outer.span,
    );
    const ctx = new StepContext(new ScopeOfStep(outer, stepId, state, attempt, span));
    let result: unknown;
    let pending: Promise<unknown> | undefined;
    try {
      result = span ? span.within(() => this.#call(node, ctx)) : this.#call(node, ctx);
      // Only a real promise is sure to settle once, with something that is no promise itself.
      if (isThenable(result)) pending = Promise.resolve(result);
    } catch (error) {
      return this.#simpleFailed(node, attempt, error, span);
    }
    if (!pending) return this.#simpleSucceeded(node, attempt, result, span);
    pending.then(
      (output) => this.#simpleSucceeded(node, attempt, output, span),
      (error) => this.#simpleFailed(node, attempt, error, span),
    );
  }

  #call(node: CompiledNode, ctx: StepContext): unknown {
    if (node.run) return node.run(this.#table.named(node), ctx);
    return callChecked(node.unit as AnyTool, this.#table.callInput(node), ctx);
  }

  #simpleSucceeded(node: CompiledNode, attempt: number, output: unknown, span: OpenSpan | undefined): void {
    if (this.#isLate(node)) return span?.end(attemptEnd(this.#outer, cancelled('it was left behind')));
    try {
      inspectValue(output, `the output of step "${node.id}"`);
    } catch (error) {
      return this.#simpleFailed(node, attempt, error, span);
    }
    this.#outer.run.working(-1);
    span?.end({ status: 'succeeded', output });
    this.#journal.emitSucceeded(node.id, attempt, output);
    // What nothing waits for is written together with what comes next, such as the end of the run.
    if (node.dependents.length === 0) this.#onSucceeded(node, output);
    else this.#onceSettled(() => this.#onSucceeded(node, output));
  }

  #simpleFailed(node: CompiledNode, attempt: number, thrown: unknown, span: OpenSpan | undefined): void {
    span?.end(attemptEnd(this.#outer, thrown));
    if (this.#isLate(node)) return;
    const { run, signal } = this.#outer;
    run.working(-1);
    if (!signal.aborted) {
      run.emit({ type: 'step.failed', stepId: node.id, attempt, error: toRunError(thrown, node.id) });
    }
    this.#onFailed(node, thrown);
  }

  /** What does not stop when told to is left behind. */
  #leaveSimple(): void {
    const { run } = this.#outer;
    const reason = `its code did not stop within ${run.services.graceMs} ms of being told to`;
    for (const node of this.#table.nodes) {
      if (!node.simple || this.#table.status(node.index) !== NodeStatus.running) continue;
      run.emit({ type: 'step.abandoned', stepId: node.id, reason });
      this.#onFailed(node, cancelled(reason));
    }
  }

  // ── How nodes end ─────────────────────────────────────────────────────────────────────────

  #isLate(node: CompiledNode): boolean {
    return this.#mode === 'over' || this.#table.status(node.index) !== NodeStatus.running;
  }

  #onceSettled(next: () => void): void {
    const settled = this.#journal.settled();
    // A journal that is lost has stopped the run.
    if (settled !== undefined) settled.then(next, () => {});
    else next();
  }

  #onSucceeded(node: CompiledNode, output: unknown): void {
    this.#inFlight -= 1;
    if (!this.#isLate(node)) {
      if (output === skip) this.#settle(node, NodeStatus.skipped);
      else this.#settle(node, NodeStatus.succeeded, output);
    }
    if (this.#inFlight === 0) this.#onQuiet?.();
  }

  #onFailed(node: CompiledNode, thrown: unknown): void {
    this.#inFlight -= 1;
    if (!this.#isLate(node)) {
      const { status, attempt } = stepState(this.#outer.run.state, node.id);
      if (status === 'failed') this.#settle(node, NodeStatus.failed, undefined, thrown);
      else if (this.#mode === 'open') this.#fail(node, attempt, thrown);
      else if (this.#mode === 'cancelling') this.#cancel(node, reasonText(this.#outer.signal.reason));
    }
    if (this.#inFlight === 0) this.#onQuiet?.();
  }

  #fail(node: CompiledNode, attempt: number, thrown: unknown): void {
    this.#outer.run.emit({
      type: 'step.failed',
      stepId: node.id,
      attempt,
      error: toRunError(thrown, node.id),
    });
    this.#settle(node, NodeStatus.failed, undefined, thrown);
  }

  #cancel(node: CompiledNode, reason: string): void {
    this.#outer.run.emit({ type: 'step.cancelled', stepId: node.id, reason });
    this.#settle(node, NodeStatus.cancelled);
  }

  /** Notes how a node ended, and looks at those that waited for it. */
  #settle(node: CompiledNode, status: number, output?: unknown, thrown?: unknown): void {
    this.#table.settle(node, status, output);
    this.#aborts.delete(node.index);
    if (status === NodeStatus.failed && !node.failureHandled && this.#mode === 'open') {
      this.#host.failBecauseOf(node, thrown);
    }
    for (const index of node.dependents) {
      const won = status === NodeStatus.succeeded && this.#table.nodes[index]?.node.kind === 'race';
      if (this.#table.closeNeed(index) || won) this.#ready.push(index);
    }
    this.#pump();
  }

  // ── Races ─────────────────────────────────────────────────────────────────────────────────

  #decideRace(race: CompiledNode): void {
    const { nodes } = this.#table;
    const { run } = this.#outer;
    this.#table.begin(race);
    const winner = race.edges.find((need) => this.#table.status(need) === NodeStatus.succeeded);
    if (winner !== undefined) {
      const output = this.#table.output(winner);
      this.#journal.emitSucceeded(race.id, 1, output);
      for (const need of race.edges) this.#drop(need, `step "${nodes[winner]?.id}" won race "${race.id}"`);
      return this.#onceSettled(() => this.#settle(race, NodeStatus.succeeded, output));
    }
    if (race.edges.every((need) => this.#table.status(need) === NodeStatus.skipped)) {
      run.emit({ type: 'step.skipped', stepId: race.id });
      return this.#settle(race, NodeStatus.skipped);
    }
    const causes = race.edges.flatMap((need) => {
      const { id } = nodes[need] as CompiledNode;
      const { error } = stepState(run.state, id);
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
    this.#cancel(node, reason);
    for (const need of node.edges) {
      const isUnneeded = this.#table.nodes[need]?.dependents.every((i) => this.#table.isOver(i));
      if (isUnneeded && need !== this.#compiled.output) this.#drop(need, reason);
    }
  }

  #abortOf(index: number): AbortController {
    let controller = this.#aborts.get(index);
    if (!controller) {
      controller = new AbortController();
      this.#aborts.set(index, controller);
    }
    return controller;
  }
}
