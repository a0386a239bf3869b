import { createHash } from 'node:crypto';
import { AiworkError } from '../errors.ts';
import type { Logger, LogLevel } from '../logger.ts';
import { clipText } from '../run-error.ts';
import type { UseSlot } from '../slots.ts';
import type { AnyUnit } from '../units/runnable.ts';
import { budgetError, usageOf } from './budget-meter.ts';
import { callModel } from './call-model.ts';
import type { Scope } from './scope.ts';
import { inspectValue } from './serialize.ts';
import { attemptEnd } from './tracer.ts';
import type { UnitContext } from './unit-context.ts';
import { waitForDelivery } from './wait.ts';

/** Stable for a run, step and key, and telling nothing about them. */
function idempotencyKey(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/**
 * The context of one attempt. Members are made when they are asked for, since most code asks for few, and are bound,
 * since code takes them apart (`run: (input, { once, signal }) => …`).
 */
export class StepContext implements UnitContext {
  readonly #scope: Scope;
  #once: Map<string, Promise<unknown>> | undefined;
  #calls: Map<string, number> | undefined;
  #parts: Set<string> | undefined;
  #rests = 0;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  get runId(): string {
    return this.#scope.run.shownId;
  }
  get stepId(): string {
    return this.#scope.stepId;
  }
  get attempt(): number {
    return this.#scope.attempt;
  }
  get signal(): AbortSignal {
    return this.#scope.signal;
  }
  get idempotencyKey(): string {
    return idempotencyKey(this.runId, this.stepId);
  }
  get use(): UseSlot {
    return this.#scope.run.services.use;
  }

  get log(): Logger {
    const write = (level: LogLevel) => (message: string, data?: object) => {
      if (data !== undefined) inspectValue(data, `data of a log line of step "${this.stepId}"`);
      this.#scope.run.emit({
        type: 'log',
        stepId: this.stepId,
        level,
        message: clipText(message),
        ...(data && { data: structuredClone(data) }),
      });
    };
    return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  }

  get emit(): UnitContext['emit'] {
    return (name, data) => {
      inspectValue(data, `data of event "${name}" of step "${this.stepId}"`);
      this.#scope.run.emit({
        type: 'emitted',
        stepId: this.stepId,
        name,
        ...(data !== undefined && { data: structuredClone(data) }),
      });
    };
  }

  get once(): UnitContext['once'] {
    return <T>(key: string, effect: (idempotencyKey: string) => Promise<T> | T): Promise<T> => {
      this.#once ??= new Map();
      const calls = this.#once;
      let result = calls.get(key) as Promise<T> | undefined;
      if (!result) {
        result = this.#recorded(key, effect);
        calls.set(key, result);
        // A failed effect left no record: the code may try it again.
        result.catch(() => calls.delete(key));
      }
      return result;
    };
  }

  async #recorded<T>(key: string, effect: (idempotencyKey: string) => Promise<T> | T): Promise<T> {
    const { run, stepId, state, signal } = this.#scope;
    if (state.effects?.has(key)) return state.effects.get(key) as T;
    signal.throwIfAborted();
    const value = await effect(idempotencyKey(run.shownId, stepId, key));
    inspectValue(value, `the result of once(${JSON.stringify(key)}) in step "${stepId}"`);
    run.emit({ type: 'effect.recorded', stepId, key, ...(value !== undefined && { value }) });
    await run.settled();
    return value;
  }

  get generate(): UnitContext['generate'] {
    return (model, request, options) => callModel(this, { model, request }, options);
  }

  get run(): UnitContext['run'] {
    return (unit, input, options = {}) => {
      const result = this.#runPart(unit, input, options.key);
      // Code may not wait for it. Its failure is in the journal, and must not end the process.
      this.#scope.run.track(result);
      return result as Promise<never>;
    };
  }

  async #runPart(unit: AnyUnit, input: unknown, key = this.#nextKey(unit)): Promise<unknown> {
    const { run, stepId } = this.#scope;
    const id = `${stepId}/${key}`;
    this.#parts ??= new Set();
    if (this.#parts.has(id)) {
      throw new AiworkError(
        'AIWORK_DUPLICATE_ID',
        `step "${stepId}" called ctx.run twice with the key "${key}": give each call its own`,
        { stepId },
      );
    }
    this.#parts.add(id);
    return this.#resting(() => run.runUnit(this.#scope, id, unit, input));
  }

  /** Waits for something that is work of its own, or none: the step counts as at work again once nothing of it is left. */
  async #resting<T>(wait: () => Promise<T>): Promise<T> {
    const { run } = this.#scope;
    if (this.#rests === 0) run.working(-1);
    this.#rests += 1;
    try {
      return await wait();
    } finally {
      this.#rests -= 1;
      if (this.#rests === 0) run.working(1);
    }
  }

  #nextKey(unit: AnyUnit): string {
    this.#calls ??= new Map();
    const call = (this.#calls.get(unit.id) ?? 0) + 1;
    this.#calls.set(unit.id, call);
    return call === 1 ? unit.id : `${unit.id}#${call}`;
  }

  get spend(): UnitContext['spend'] {
    return (event) => {
      const { run, stepId, meter } = this.#scope;
      run.emit({ ...event, stepId });
      const exceeded = meter.add(usageOf(event));
      if (exceeded) this.#refuse(exceeded);
    };
  }

  get requireBudget(): UnitContext['requireBudget'] {
    return (kind) => {
      const exhausted = this.#scope.meter.exhausted(kind);
      if (exhausted) this.#refuse(exhausted);
    };
  }

  #refuse(exceeded: NonNullable<ReturnType<Scope['meter']['add']>>): never {
    const { run, stepId } = this.#scope;
    const error = budgetError(exceeded, stepId);
    run.emit({ type: 'budget.exceeded', stepId, ...exceeded });
    this.#scope.abort(error);
    throw error;
  }

  get traceModelCall(): UnitContext['traceModelCall'] {
    return async (asked, call) => {
      const { run, stepId, span: around } = this.#scope;
      const span = run.services.tracer?.modelCall({ ...asked, runId: run.runId, stepId }, around);
      if (!span) return call();
      try {
        const output = await span.within(call);
        span.end({ status: 'succeeded', output });
        return output;
      } catch (error) {
        span.end(attemptEnd(this.#scope, error));
        throw error;
      }
    };
  }

  get decided(): UnitContext['decided'] {
    return (event) => this.#scope.run.emit({ ...event, stepId: this.stepId });
  }

  get delta(): UnitContext['delta'] {
    return (text) => this.#scope.run.emit({ type: 'model.delta', stepId: this.stepId, text });
  }

  get waitFor(): UnitContext['waitFor'] {
    return (key, options) => {
      const { run, stepId, signal } = this.#scope;
      return this.#resting(() => waitForDelivery(run, `${stepId}/${key}`, signal, options));
    };
  }
}
