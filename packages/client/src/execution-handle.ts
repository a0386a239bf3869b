import { type WatchOptions, watch } from './events/watch.ts';
import type { Execution } from './execution.ts';
import type { ExecutionEvent } from './execution-event.ts';
import { askForExecution, getStatus } from './get-status.ts';
import type { Server } from './http/server-at.ts';
import { newIdempotencyKey } from './new-idempotency-key.ts';
import { outputOf } from './output-of.ts';
import { untilOver } from './until-over.ts';

/** What every call takes. @since 0.1.0 */
export interface CallOptions {
  /** Aborting it gives the call up; executions go on. */
  readonly signal?: AbortSignal;
}

/**
 * An execution on a server: something to look at, wait for, watch and steer.
 *
 * Iterating gives its events from the first on, past ones included, and ends with `run.finished`. A connection that breaks
 * off is opened again where it was, for as long as `maxOutageMs` allows; no event is missing, and none comes twice. Only
 * what is shown live, `model.delta`, is gone when nobody was connected.
 *
 * @since 0.1.0
 */
export interface ExecutionHandle<Output> extends AsyncIterable<ExecutionEvent> {
  readonly id: string;
  /** How it is now. @throws `AIWORK_RUN_NOT_FOUND`. */
  status(options?: CallOptions): Promise<Execution>;
  /**
   * The output, once it has succeeded, however long that takes.
   *
   * @throws what it failed with, with `execution`; `AIWORK_CANCELLED` when it was cancelled; `AIWORK_SERVER_UNAVAILABLE`
   * when the server was out of reach for longer than `maxOutageMs`.
   */
  result(options?: CallOptions): Promise<Output>;
  /** Its events after the one with the number `after`. */
  events(options?: CallOptions & { readonly after?: number }): AsyncIterable<ExecutionEvent>;
  /** Asks it to stop, and does not wait until it has. */
  cancel(options?: CallOptions & { readonly reason?: string }): Promise<Execution>;
  /** Goes on with one that no process works on. @throws `AIWORK_RUN_OWNED`, `AIWORK_FLOW_CHANGED`. */
  resume(options?: CallOptions): Promise<Execution>;
  /**
   * Runs the same once more; `from` keeps the results of steps that do not depend on that one. Sent again with the same key,
   * it is the same new execution; without one, each call has its own.
   *
   * @throws `AIWORK_UNKNOWN_STEP`; `AIWORK_KEY_REUSED` when the key came with another request.
   */
  rerun(
    options?: CallOptions & { readonly from?: string; readonly idempotencyKey?: string },
  ): Promise<ExecutionHandle<Output>>;
  /**
   * Delivers what a step waits for. Sent again with the same key, it is delivered once; without one, each call has its own.
   *
   * @throws `AIWORK_UNKNOWN_STEP`, `AIWORK_NOT_WAITING`, `AIWORK_INVALID_INPUT` with `fields`.
   */
  signal(
    step: string,
    payload: unknown,
    options?: CallOptions & { readonly idempotencyKey?: string },
  ): Promise<Execution>;
}

export function executionHandle<Output>(server: Server, id: string): ExecutionHandle<Output> {
  const path = `/executions/${encodeURIComponent(id)}`;
  return {
    id,
    status: ({ signal } = {}) => getStatus(server, id, { signal }),
    result: async ({ signal } = {}) => outputOf<Output>(await untilOver(server, id, signal)),
    events: (options: WatchOptions = {}) => watch(server, id, options),
    [Symbol.asyncIterator]: () => watch(server, id, {}),
    cancel: ({ reason, signal } = {}) =>
      askForExecution(server, {
        method: 'POST',
        path: `${path}/cancel`,
        body: { reason },
        effect: 'idempotent',
        signal,
      }),
    resume: ({ signal } = {}) =>
      askForExecution(server, { method: 'POST', path: `${path}/resume`, effect: 'idempotent', signal }),
    async rerun({ from, idempotencyKey = newIdempotencyKey(), signal } = {}) {
      const rerun = await askForExecution(server, {
        method: 'POST',
        path: `${path}/rerun`,
        body: { from },
        idempotencyKey,
        signal,
      });
      return executionHandle<Output>(server, rerun.executionId);
    },
    signal: (step, payload, { idempotencyKey = newIdempotencyKey(), signal } = {}) =>
      askForExecution(server, {
        method: 'POST',
        path: `${path}/signals/${encodeURIComponent(step)}`,
        body: { payload },
        idempotencyKey,
        signal,
      }),
  };
}
