/** A signal for one task, made where it is asked for. What a handler leaves on it is gone with the task. */
export interface OwnSignal {
  get(): AbortSignal;
  /** The task is over. */
  end(): void;
}

/** Aborts with `lost`, which outlives many tasks. */
export function createOwnSignal(lost: AbortSignal): OwnSignal {
  let own: AbortController | undefined;
  const abort = () => own?.abort(lost.reason);
  return {
    get() {
      if (!own) {
        own = new AbortController();
        if (lost.aborted) abort();
        else lost.addEventListener('abort', abort, { once: true });
      }
      return own.signal;
    },
    end: () => lost.removeEventListener('abort', abort),
  };
}
