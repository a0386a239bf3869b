/// <reference lib="esnext.disposable" preserve="true" />

/**
 * What every adapter has.
 *
 * - `capabilities` are frozen, declared by the instance, and carry values. What is declared absent is refused with
 *   `UnsupportedCapabilityError` and has no effect; a declared limit holds exactly: at n it works, at n + 1 it refuses.
 * - A mutation that rejects carries `outcome: 'not-applied' | 'unknown'`; a returned `false` means certainly not applied.
 * - `close()` is idempotent, waits for what is in flight and leaves no handle; every later call rejects with
 *   `ClosedError`.
 * - Every call ends in bounded time, by its `signal` or by a deadline of the adapter's own.
 * - An adapter of a service finds it again by itself after a connection broke or the service was away. What fails until
 *   then is rejected as `retryable`, and no mutation is applied a second time because its reply was lost.
 * - Both are logged, so neither an error nor an adapter that is inspected shows a value that was given to it or is kept,
 *   nor a secret it was configured with. Keys and ids may show.
 *
 * @since 0.1.0
 */
export interface Adapter<Capabilities> extends AsyncDisposable {
  readonly capabilities: Readonly<Capabilities>;
  close(): Promise<void>;
}

/**
 * What an acknowledged write survives: nothing but this process's life, an orderly restart of the service, or its kill.
 *
 * @since 0.1.0
 */
export type Durability = 'process' | 'service-restart' | 'service-kill';

/** Options that every call of an adapter takes. @since 0.1.0 */
export interface CallOptions {
  /** Aborted before the call had any effect, it rejects with `AIWORK_CANCELLED` and the reason as its cause. */
  readonly signal?: AbortSignal;
}

/** One page of a listing; `cursor` is present while there is more. @since 0.1.0 */
export interface Page<T> {
  readonly items: readonly T[];
  readonly cursor?: string;
}

/** How far a long operation has come. @since 0.1.0 */
export interface Progress {
  readonly done: number;
  readonly total?: number;
  readonly unit: 'bytes' | 'items';
  readonly label?: string;
}
