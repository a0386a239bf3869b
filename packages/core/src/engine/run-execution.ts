import type { RunRecord } from '../adapters/run-store.ts';
import { toMilliseconds } from '../duration.ts';
import { AiworkError, ClosedError } from '../errors.ts';
import type { FlowNode } from '../flow-graph.ts';
import type { Budget } from '../policy.ts';
import { fromRunError, toRunError } from '../run-error.ts';
import type { RunEvent, RunEventBody, RunStatus } from '../run-event.ts';
import { resolveBinding } from '../units/ref.ts';
import { type BudgetMeter, createBudgetMeter, type Usage } from './budget-meter.ts';
import type { Compiled, CompiledNode } from './compile.ts';
import { callChecked, executeUnit, performUnit } from './execute-unit.ts';
import { createJournal, type Journal } from './journal.ts';
import { isThenable, type Outer, perform } from './perform.ts';
import { type Inputs, runLoop, runMap } from './repeat.ts';
import { cancelled, reasonText, runFailure } from './run-failure.ts';
import { type RunState, stepState, usageIn } from './run-state.ts';
import type { RunScope, Scope, Services } from './scope.ts';
import { inspectValue } from './serialize.ts';
import { StepContext } from './step-context.ts';
import { waitForDelivery, waitUntil } from './wait.ts';

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
}

const pending = 0;
const running = 1;
const succeeded = 2;
const failed = 3;
const skipped = 4;
const dropped = 5;

const outcomeNames = {
  [succeeded]: 'succeeded',
  [failed]: 'failed',
  [skipped]: 'skipped',
  [dropped]: 'cancelled',
} as const;

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
  readonly #options: ExecutionOptions;
  readonly #nodes: readonly CompiledNode[];
  readonly #journal: Journal;
  readonly #controller = new AbortController();
  readonly #meter: BudgetMeter;
  readonly #priority: number;
  readonly #status: Uint8Array;
  readonly #remaining: Int32Array;
  readonly #outputs: unknown[];
  readonly #aborts = new Map<number, AbortController>();
  readonly #parked = new Set<{ readonly wakeAt: number | undefined }>();
  readonly #waiters = new Map<string, Set<() => void>>();
  readonly #children = new Set<Promise<unknown>>();
  readonly #timers: (() => void)[] = [];
  readonly #prioritised: boolean;
  #ready: number[] = [];
  #unsettled: number;
  #inFlight = 0;
  #working = 0;
  #pumping = false;
  /** Set once no further step may start. */
  #ending = false;
  #closing = false;
  #over = false;
  #onQuiet: (() => void) | undefined;
  #resolveEnded!: (ending: Ending) => void;

  constructor(options: ExecutionOptions) {
    const { services, compiled, record, state } = options;
    this.#options = options;
    this.runId = record.id;
    this.services = services;
    this.state = state;
    this.#nodes = compiled.nodes;
    this.#status = new Uint8Array(compiled.nodes.length);
    this.#remaining = new Int32Array(compiled.nodes.length);
    this.#outputs = new Array(compiled.nodes.length);
    this.#unsettled = compiled.nodes.length;
    this.#prioritised = compiled.nodes.some((node) => node.policy.priority !== undefined);
    this.#priority = record.priority ?? 0;
    this.#meter = createBudgetMeter(
      { ...(compiled.unit.kind === 'flow' && compiled.unit.policy.budget), ...options.budget },
      options.outerMeter,
    );
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
    const { compiled, record, signal } = this.#options;
    const { state } = this;
    const identity = {
      unitId: record.unitId,
      version: record.version,
      graphHash: compiled.hash,
      tags: record.tags,
    };
    if (state.startedAt === 0) this.emit({ type: 'run.started', ...identity, digests: compiled.digests() });
    else this.emit({ type: 'run.resumed', ...identity, owner: this.services.owner });
    const used = usageIn(state);
    for (const field of Object.keys(used) as (keyof Usage)[]) this.#meter.used[field] = used[field];
    this.#restore();
    if (state.ending) {
      void this.#end(state.ending.status, fromRunError(state.ending.error));
      return;
    }
    if (state.cancelRequested !== undefined) {
      void this.#end('cancelled', cancelled(state.cancelRequested));
      return;
    }
    this.#startClocks();
    if (signal) this.#followSignal(signal);
    this.#pump();
  }

  /** Takes over from the journal what is settled, and finds what can start. */
  #restore(): void {
    const isNew = this.state.steps.size === 0;
    for (const node of this.#nodes) {
      const step = isNew ? undefined : this.state.steps.get(node.id);
      if (step && step.status !== 'pending' && step.status !== 'running') {
        this.#unsettled -= 1;
        if (step.status === 'succeeded') this.#outputs[node.index] = step.output;
        this.#status[node.index] = { succeeded, failed, skipped, cancelled: dropped }[step.status];
      }
    }
    for (const node of this.#nodes) {
      let open = 0;
      for (const need of node.edges) if (need >= 0 && (this.#status[need] as number) <= running) open += 1;
      this.#remaining[node.index] = open;
      const won = node.node.kind === 'race' && node.edges.some((need) => this.#status[need] === succeeded);
      if (this.#status[node.index] === pending && (open === 0 || won)) this.#ready.push(node.index);
    }
    if (isNew) return;
    const lost = this.#nodes.find((node) => this.#status[node.index] === failed && !node.failureHandled);
    if (lost && !this.state.ending)
      this.#failBecauseOf(lost, fromRunError(stepState(this.state, lost.id).error as never));
  }

  #startClocks(): void {
    const { clock } = this.services;
    const { timeoutMs } = this.#options.compiled;
    const { wallTimeMs } = this.#meter;
    const arm = (limitMs: number, error: () => AiworkError) => {
      const left = Math.max(0, this.state.startedAt + limitMs - clock.now());
      this.#timers.push(clock.setTimer(left, () => void this.#end('failed', error())));
    };
    if (timeoutMs !== undefined) {
      arm(
        timeoutMs,
        () =>
          new AiworkError(
            'AIWORK_RUN_TIMEOUT',
            `run "${this.runId}" took longer than its timeout of ${timeoutMs} ms`,
          ),
      );
    }
    if (wallTimeMs !== undefined) {
      arm(
        wallTimeMs,
        () =>
          new AiworkError(
            'AIWORK_BUDGET_EXCEEDED',
            `run "${this.runId}" used up its budget: wallTime of ${wallTimeMs} ms`,
          ),
      );
    }
  }

  #followSignal(signal: AbortSignal): void {
    const follow = () => this.cancel(reasonText(signal.reason));
    if (signal.aborted) {
      follow();
      return;
    }
    signal.addEventListener('abort', follow, { once: true });
    this.#timers.push(() => signal.removeEventListener('abort', follow));
  }

  // ── Scheduling ────────────────────────────────────────────────────────────────────────────

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    // A list that grows while it is worked off, rather than recursion: chains may be long.
    for (let next = 0; next < this.#ready.length && !this.#ending; next++) {
      if (this.#prioritised) this.#sortReady(next);
      const index = this.#ready[next] as number;
      if (this.#status[index] === pending) this.#launch(this.#nodes[index] as CompiledNode);
      if (next > 1000) {
        this.#ready = this.#ready.slice(next + 1);
        next = -1;
      }
    }
    if (!this.#ending) this.#ready = [];
    this.#pumping = false;
    if (this.#unsettled === 0 && !this.#ending) this.#succeed();
  }

  #sortReady(from: number): void {
    const priority = (index: number) => this.#nodes[index]?.policy.priority ?? 0;
    const rest = this.#ready.splice(from);
    rest.sort((a, b) => priority(b) - priority(a));
    this.#ready.push(...rest);
  }

  #launch(node: CompiledNode): void {
    const { kind } = node.node;
    if (kind === 'race') {
      this.#decideRace(node);
      return;
    }
    if (kind !== 'settle' && node.edges.length > 0 && this.#refuseForNeeds(node)) return;
    this.#status[node.index] = running;
    this.#inFlight += 1;
    if (node.simple && !this.services.intercept) this.#runSimple(node);
    else {
      this.#runNode(node).then(
        (output) => this.#onSucceeded(node, output),
        (error) => this.#onFailed(node, error),
      );
    }
  }

  /** A step cannot start when one it needs failed or was aborted. */
  #refuseForNeeds(node: CompiledNode): boolean {
    for (const need of node.edges) {
      const status = need < 0 ? succeeded : this.#status[need];
      const needed = this.#nodes[need];
      if (status === failed && needed?.node.onError !== 'continue') {
        const error = new AiworkError(
          'AIWORK_NEED_FAILED',
          `step "${node.id}" cannot start: step "${needed?.id}", which it needs, failed`,
          { stepId: node.id },
        );
        this.emit({ type: 'step.failed', stepId: node.id, attempt: 0, error: toRunError(error, node.id) });
        this.#settle(node, failed, undefined, error);
        return true;
      }
      if (status === dropped) {
        this.emit({
          type: 'step.cancelled',
          stepId: node.id,
          reason: `step "${needed?.id}", which it needs, was aborted`,
        });
        this.#settle(node, dropped);
        return true;
      }
    }
    return false;
  }

  /** The quick way for steps that are nothing but code to call. */
  #runSimple(node: CompiledNode): void {
    const stepId = node.id;
    const step = stepState(this.state, stepId);
    const attempt = step.attempt + 1;
    this.emit({ type: 'step.started', stepId, attempt });
    this.#working += 1;
    const ctx = new StepContext({
      run: this,
      stepId,
      state: step,
      attempt,
      signal: this.#controller.signal,
      abort: (reason) => this.#controller.abort(reason),
      meter: this.#meter,
      priority: this.#priority,
      held: [],
    });
    let result: unknown;
    try {
      result = node.run
        ? node.run(this.#named(node), ctx)
        : callChecked(node.unit as never, this.#input(node), ctx);
    } catch (error) {
      this.#simpleFailed(node, attempt, error);
      return;
    }
    if (isThenable(result)) {
      result.then(
        (output) => this.#simpleSucceeded(node, attempt, output),
        (error) => this.#simpleFailed(node, attempt, error),
      );
    } else this.#simpleSucceeded(node, attempt, result);
  }

  #simpleSucceeded(node: CompiledNode, attempt: number, output: unknown): void {
    if (this.#status[node.index] !== running || this.#over) return;
    try {
      inspectValue(output, `the output of step "${node.id}"`);
    } catch (error) {
      this.#simpleFailed(node, attempt, error);
      return;
    }
    this.#working -= 1;
    this.emit(
      output === undefined
        ? { type: 'step.succeeded', stepId: node.id, attempt }
        : { type: 'step.succeeded', stepId: node.id, attempt, output },
    );
    const settled = this.settled();
    if (settled)
      settled.then(
        () => this.#onSucceeded(node, output),
        () => {},
      );
    else this.#onSucceeded(node, output);
  }

  #simpleFailed(node: CompiledNode, attempt: number, thrown: unknown): void {
    if (this.#status[node.index] !== running || this.#over) return;
    this.#working -= 1;
    if (!this.#controller.signal.aborted) {
      this.emit({ type: 'step.failed', stepId: node.id, attempt, error: toRunError(thrown, node.id) });
    }
    this.#onFailed(node, thrown);
  }

  async #runNode(node: CompiledNode): Promise<unknown> {
    const { compiled } = this.#options;
    const step = stepState(this.state, node.id);
    const outer = this.#outerOf(node);
    const inputs: Inputs = { named: () => this.#named(node), outputOf: (id) => this.#outputOf(id) };
    if (
      node.when &&
      step.attempt === 0 &&
      !(await this.#journaled(node, () => node.when?.(inputs.named())))
    ) {
      this.emit({ type: 'step.skipped', stepId: node.id });
      await this.settled();
      this.#status[node.index] = skipped;
      return undefined;
    }
    const work = { stepId: node.id, policy: node.policy, limitKey: node.limitKey };
    const graphNode = node.node;
    switch (graphNode.kind) {
      case 'step':
      case 'settle':
        return perform(outer, {
          ...work,
          counts: true,
          body: (ctx) => this.#callCode(node, ctx, inputs.named()),
        });
      case 'call':
        return perform(outer, {
          ...work,
          counts: true,
          body: (ctx, scope) => executeUnit(node.unit as never, this.#input(node), ctx, scope),
        });
      case 'map':
      case 'loop': {
        const repeat = graphNode.kind === 'map' ? runMap : runLoop;
        const { budget, priority } = node.policy;
        const policy = { ...(budget && { budget }), ...(priority !== undefined && { priority }) };
        return perform(outer, {
          ...work,
          policy,
          counts: false,
          body: (ctx, scope) =>
            this.services.intercept?.(node.id, ctx, undefined)?.output ??
            repeat(compiled, node, inputs, scope),
        });
      }
      case 'wait':
        return this.#journaled(node, async () => {
          const mocked = this.#mocked(node, outer);
          if (mocked) return this.#record(node, mocked.output);
          return waitForDelivery(this, node.id, outer.signal, {
            payload: compiled.schemas[graphNode.payload] as never,
            ...(graphNode.prompt &&
              !step.waiting && { prompt: compiled.code[graphNode.prompt.code]?.(inputs.named()) }),
            ...(graphNode.expires !== undefined && { expires: graphNode.expires }),
          });
        });
      case 'sleep':
        return this.#journaled(node, () => this.#sleep(node, graphNode, outer, inputs));
      case 'race':
        throw new Error('a race is decided, not run');
    }
  }

  #mocked(node: CompiledNode, outer: Outer) {
    const step = stepState(this.state, node.id);
    const scope: Scope = { ...outer, stepId: node.id, state: step, attempt: 1, abort: () => {} };
    return this.services.intercept?.(node.id, new StepContext(scope), undefined);
  }

  async #record(node: CompiledNode, output: unknown): Promise<unknown> {
    inspectValue(output, `the output of step "${node.id}"`);
    this.emit({
      type: 'step.succeeded',
      stepId: node.id,
      attempt: 1,
      ...(output !== undefined && { output }),
    });
    await this.settled();
    return output;
  }

  #callCode(node: CompiledNode, ctx: StepContext, named: Readonly<Record<string, unknown>>): unknown {
    const mocked = this.services.intercept?.(node.id, ctx, named);
    return mocked ? mocked.output : node.run?.(named, ctx);
  }

  /** Does what has no attempts of its own, and journals its failure. */
  async #journaled<T>(node: CompiledNode, work: () => Promise<T> | T): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const { signal } = this.#outerOf(node);
      if (!signal.aborted) {
        this.emit({ type: 'step.failed', stepId: node.id, attempt: 1, error: toRunError(error, node.id) });
        await this.settled();
      }
      throw error;
    }
  }

  async #sleep(
    node: CompiledNode,
    graphNode: Extract<FlowNode, { kind: 'sleep' }>,
    outer: Outer,
    inputs: Inputs,
  ): Promise<void> {
    const step = stepState(this.state, node.id);
    if (step.until === undefined) {
      this.emit({ type: 'step.started', stepId: node.id, attempt: 1 });
      this.emit({ type: 'step.sleeping', stepId: node.id, until: wakeTime(graphNode, inputs, this) });
    }
    await waitUntil(this, step.until as number, outer.signal);
    await this.#record(node, undefined);
  }

  #outerOf(node: CompiledNode): Outer {
    return {
      run: this,
      signal: node.abortable ? this.#abortOf(node.index).signal : this.#controller.signal,
      meter: this.#meter,
      priority: this.#priority,
      held: [],
    };
  }

  #abortOf(index: number): AbortController {
    let controller = this.#aborts.get(index);
    if (!controller) {
      controller = new AbortController();
      if (this.#controller.signal.aborted) controller.abort(this.#controller.signal.reason);
      this.#aborts.set(index, controller);
    }
    return controller;
  }

  #onSucceeded(node: CompiledNode, output: unknown): void {
    this.#inFlight -= 1;
    if (!this.#over) {
      if (this.#status[node.index] === skipped) this.#settle(node, skipped);
      else if (this.#status[node.index] === running) this.#settle(node, succeeded, output);
    }
    this.#whenQuiet();
  }

  #onFailed(node: CompiledNode, thrown: unknown): void {
    this.#inFlight -= 1;
    if (!this.#over && this.#status[node.index] === running) {
      const journaled = stepState(this.state, node.id).status === 'failed';
      if (!journaled && this.#ending && !this.#closing) {
        this.emit({
          type: 'step.cancelled',
          stepId: node.id,
          reason: reasonText(this.#controller.signal.reason),
        });
        this.#settle(node, dropped);
      } else if (journaled) this.#settle(node, failed, undefined, thrown);
    }
    this.#whenQuiet();
  }

  /** Notes how a node ended, and looks at those that waited for it. */
  #settle(node: CompiledNode, status: number, output?: unknown, thrown?: unknown): void {
    this.#status[node.index] = status;
    this.#unsettled -= 1;
    this.#aborts.delete(node.index);
    if (status === succeeded) this.#outputs[node.index] = output;
    if (status === failed && !node.failureHandled && !this.#ending) this.#failBecauseOf(node, thrown);
    for (const index of node.dependents) {
      const left = (this.#remaining[index] as number) - 1;
      this.#remaining[index] = left;
      const won = status === succeeded && this.#nodes[index]?.node.kind === 'race';
      if (left === 0 || won) this.#ready.push(index);
    }
    this.#pump();
  }

  #decideRace(race: CompiledNode): void {
    const winner = race.edges.find((need) => this.#status[need] === succeeded);
    this.#status[race.index] = running;
    if (winner !== undefined) {
      const output = this.#outputs[winner];
      this.emit({
        type: 'step.succeeded',
        stepId: race.id,
        attempt: 1,
        ...(output !== undefined && { output }),
      });
      for (const need of race.edges)
        this.#drop(need, `step "${this.#nodes[winner]?.id}" won race "${race.id}"`);
      const settled = this.settled();
      if (!settled) this.#settle(race, succeeded, output);
      else
        settled.then(
          () => this.#settle(race, succeeded, output),
          () => {},
        );
      return;
    }
    if (race.edges.every((need) => this.#status[need] === skipped)) {
      this.emit({ type: 'step.skipped', stepId: race.id });
      this.#settle(race, skipped);
      return;
    }
    const causes = race.edges.flatMap((need) => {
      const { error } = stepState(this.state, (this.#nodes[need] as CompiledNode).id);
      return error ? [`${this.#nodes[need]?.id}: ${error.message}`] : [];
    });
    const error = new AiworkError(
      'AIWORK_RACE_FAILED',
      `no contender of race "${race.id}" succeeded (${causes.join('; ')})`,
      { stepId: race.id },
    );
    this.emit({ type: 'step.failed', stepId: race.id, attempt: 1, error: toRunError(error, race.id) });
    this.#settle(race, failed, undefined, error);
  }

  /** Aborts a step nobody needs any more, and what only it needed. */
  #drop(index: number, reason: string): void {
    const node = this.#nodes[index];
    if (!node || (this.#status[index] as number) > running) return;
    this.#abortOf(index).abort(cancelled(reason));
    this.emit({ type: 'step.cancelled', stepId: node.id, reason });
    this.#settle(node, dropped);
    for (const need of node.edges) {
      const only = this.#nodes[need]?.dependents.every((i) => (this.#status[i] as number) > running);
      if (only && need !== this.#options.compiled.output) this.#drop(need, reason);
    }
  }

  // ── What code sees ────────────────────────────────────────────────────────────────────────

  #named(node: CompiledNode): Record<string, unknown> {
    const named: Record<string, unknown> = {};
    const settles = node.node.kind === 'settle';
    for (const [name, index] of node.named) {
      const value = settles ? this.#outcome(index) : index < 0 ? this.#options.input : this.#outputs[index];
      if (name === '__proto__') Object.defineProperty(named, name, { value, enumerable: true });
      else named[name] = value;
    }
    return named;
  }

  #outcome(index: number): unknown {
    if (index < 0) return { status: 'succeeded', value: this.#options.input };
    const status = outcomeNames[this.#status[index] as keyof typeof outcomeNames];
    if (status === 'succeeded') return { status, value: this.#outputs[index] };
    if (status === 'failed')
      return { status, error: stepState(this.state, (this.#nodes[index] as CompiledNode).id).error };
    return { status };
  }

  #input(node: CompiledNode): unknown {
    return resolveBinding((node.node as Extract<FlowNode, { kind: 'call' }>).input, (id) =>
      this.#outputOf(id),
    );
  }

  #outputOf(stepId: string): unknown {
    const index = this.#options.compiled.index.get(stepId);
    return index === undefined ? this.#options.input : this.#outputs[index];
  }

  // ── The run's scope ───────────────────────────────────────────────────────────────────────

  emit(body: RunEventBody): void {
    if (!this.#over) this.#journal.emit(body);
  }

  settled(): Promise<void> | undefined {
    return this.#journal.settled();
  }

  working(change: 1 | -1): void {
    this.#working += change;
  }

  async parked<T>(wakeAt: number | undefined, wait: () => Promise<T>): Promise<T> {
    const token = { wakeAt };
    this.#parked.add(token);
    try {
      return await wait();
    } finally {
      this.#parked.delete(token);
    }
  }

  delivered(stepId: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const waiters = this.#waiters.get(stepId) ?? new Set();
      this.#waiters.set(stepId, waiters);
      const leave = () => {
        waiters.delete(wake);
        if (waiters.size === 0) this.#waiters.delete(stepId);
        signal.removeEventListener('abort', give);
      };
      const wake = () => {
        leave();
        resolve();
      };
      const give = () => {
        leave();
        reject(signal.reason);
      };
      waiters.add(wake);
      signal.addEventListener('abort', give, { once: true });
    });
  }

  track(child: Promise<unknown>): void {
    this.#children.add(child);
    const forget = () => this.#children.delete(child);
    child.then(forget, forget);
  }

  #situation(): { status: RunStatus; wakeAt: number | null } {
    if (this.state.finished) return { status: this.state.finished.status, wakeAt: null };
    if (this.#working > 0 || this.#ending || this.#parked.size === 0)
      return { status: 'running', wakeAt: null };
    let wakeAt = Number.POSITIVE_INFINITY;
    for (const token of this.#parked) wakeAt = Math.min(wakeAt, token.wakeAt ?? wakeAt);
    return { status: 'waiting', wakeAt: Number.isFinite(wakeAt) ? wakeAt : null };
  }

  #publish(event: RunEvent, foreign: boolean): void {
    this.services.publish(event);
    for (const subscriber of this.subscribers) subscriber(event);
    if (!foreign) return;
    if (event.type === 'run.cancel-requested' && !this.#ending)
      void this.#end('cancelled', cancelled(event.reason));
    if (event.type === 'signal.received') this.#wake(event.stepId);
  }

  #wake(stepId: string): void {
    for (const wake of [...(this.#waiters.get(stepId) ?? [])]) wake();
  }

  // ── From outside ──────────────────────────────────────────────────────────────────────────

  /** Hands a payload to a step of this run. */
  async deliver(stepId: string, payload: unknown, idempotencyKey?: string): Promise<void> {
    this.emit({
      type: 'signal.received',
      stepId,
      ...(payload !== undefined && { payload }),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    });
    await this.#journal.flush();
    this.#wake(stepId);
  }

  cancel(reason: string): void {
    if (this.#ending || this.#over) return;
    this.emit({ type: 'run.cancel-requested', reason });
    void this.#end('cancelled', cancelled(reason));
  }

  /** When everything emitted so far is in the store; does not reject. */
  flush(): Promise<void> {
    return this.#journal.flush().catch(() => {});
  }

  /** Looks for messages others left in the journal. */
  poll(): Promise<void> {
    return this.#over ? Promise.resolve() : this.#journal.poll();
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
    if (this.#over) return;
    if (!this.#ending) {
      this.#ending = true;
      this.#closing = true;
      const error = new ClosedError('the orchestrator');
      this.#abort(error);
      await this.#quiet();
      await this.#journal.flush().catch(() => {});
      this.#stop(error);
      await this.services.runStore.release(this.runId, this.services.owner).catch(() => {});
    } else await this.ended;
  }

  // ── The end ───────────────────────────────────────────────────────────────────────────────

  #failBecauseOf(node: CompiledNode, thrown: unknown): void {
    void this.#end('failed', runFailure(node.id, thrown, stepState(this.state, node.id).attempt));
  }

  #succeed(): void {
    this.#ending = true;
    const { output } = this.#options.compiled;
    const value = output < 0 ? this.#options.input : this.#outputs[output];
    this.emit({ type: 'run.finished', status: 'succeeded', ...(value !== undefined && { output: value }) });
    this.#finish({ status: 'succeeded', output: value });
  }

  async #end(status: 'failed' | 'cancelled', error: AiworkError): Promise<void> {
    if (this.#ending && !this.state.ending) return;
    if (this.#ending) return;
    this.#ending = true;
    if (!this.state.ending) this.emit({ type: 'run.ending', status, error: toRunError(error) });
    this.#abort(status === 'cancelled' ? error : cancelled(`the run is ending: ${error.message}`));
    try {
      await this.#quiet();
      await Promise.allSettled(this.#children);
      await this.#undo();
      await this.#tell(status, error);
    } catch (thrown) {
      // The journal is lost, and #stop has told so.
      if (this.#over) return;
      throw thrown;
    }
    this.emit({ type: 'run.finished', status, error: toRunError(error) });
    this.#finish({ status, error });
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
        // What is under a policy gives up by itself at the same time.
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
    for (const node of this.#nodes) {
      if (!node.simple || this.#status[node.index] !== running) continue;
      const reason = `its code did not stop within ${this.services.graceMs} ms of being told to`;
      this.emit({ type: 'step.abandoned', stepId: node.id, reason });
      this.#onFailed(node, cancelled(reason));
    }
  }

  /** Takes back what succeeded, latest first. */
  async #undo(): Promise<void> {
    const byId = this.#options.compiled.index;
    for (const id of [...this.state.succeeded].reverse()) {
      const node = this.#nodes[byId.get(id) ?? -1];
      const step = stepState(this.state, id);
      if (!node?.undo || step.undone) continue;
      const { retry } = node.policy;
      try {
        await perform(this.#afterAbort(), {
          stepId: `${id}/undo`,
          policy: retry ? { retry } : {},
          limitKey: `undo:${node.limitKey}`,
          counts: true,
          body: (ctx) => node.undo?.(step.output, ctx),
        });
        this.emit({ type: 'step.undone', stepId: id });
      } catch (error) {
        if (this.#over) throw error;
        this.emit({ type: 'step.undo-failed', stepId: id, error: toRunError(error, id) });
      }
      await this.settled();
    }
  }

  /** Runs the flow's own task for this ending; that it fails is in the journal and changes nothing. */
  async #tell(status: 'failed' | 'cancelled', error: AiworkError): Promise<void> {
    const { onFailure, onCancel } = this.#options.compiled;
    const unit = status === 'failed' ? onFailure : onCancel;
    if (!unit) return;
    const stepId = status === 'failed' ? '$onFailure' : '$onCancel';
    await performUnit(this.#afterAbort(), stepId, unit, toRunError(error)).catch((thrown) => {
      if (this.#over) throw thrown;
    });
  }

  /** A scope for what runs after the run's own signal has aborted. */
  #afterAbort(): Outer {
    return {
      run: this,
      signal: new AbortController().signal,
      meter: createBudgetMeter(),
      priority: this.#priority,
      held: [],
    };
  }

  #finish(ending: Ending): void {
    this.#journal.flush().then(
      () => this.#resolve(ending),
      () => {},
    );
  }

  #stop(error: AiworkError): void {
    if (this.#over) return;
    this.#ending = true;
    this.#resolve({ status: 'stopped', error });
    this.#abort(error);
  }

  #resolve(ending: Ending): void {
    if (this.#over) return;
    this.#over = true;
    for (const stop of this.#timers) stop();
    this.#resolveEnded(ending);
  }

  /** What the run used so far, sub-runs included. */
  used(): Usage {
    return { ...this.#meter.used };
  }

  get compiled(): Compiled {
    return this.#options.compiled;
  }

  get record(): RunRecord {
    return this.#options.record;
  }
}

function wakeTime(node: Extract<FlowNode, { kind: 'sleep' }>, inputs: Inputs, run: RunExecution): number {
  const { code } = run.compiled;
  if (typeof node.for !== 'object') return run.services.clock.now() + toMilliseconds(node.for);
  const date: unknown = code[node.for.code]?.(inputs.named());
  const time = date instanceof Date ? date.getTime() : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new AiworkError(
    'AIWORK_INVALID_ARGUMENT',
    `"for" of step "${node.id}" gave ${String(date)}: it has to give a valid Date`,
    { stepId: node.id },
  );
}
