/** Does one thing after the other. */
export interface TurnTaking {
  /** Begins when all that was given before is over. */
  inTurn<T>(job: () => Promise<T>): Promise<T>;
  /**
   * A job that comes to the same for everybody who waits for its beginning: whoever asks while one is to begin shares it;
   * who asks while one is at work gets the next.
   */
  shared(job: () => Promise<void>): () => Promise<void>;
}

export function createTurnTaking(): TurnTaking {
  let tail: Promise<unknown> = Promise.resolve();

  function inTurn<T>(job: () => Promise<T>): Promise<T> {
    const done = tail.then(job);
    tail = done.catch(() => {});
    return done;
  }

  return {
    inTurn,
    shared(job) {
      let next: Promise<void> | undefined;
      return () => {
        next ??= inTurn(() => {
          next = undefined;
          return job();
        });
        return next;
      };
    },
  };
}
