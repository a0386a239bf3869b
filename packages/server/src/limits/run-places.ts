import { AiworkError, type Run } from '@aiwork/core';

/** How many runs a server may have begun that are not over. */
export interface RunPlaces {
  /**
   * Begins a run, which takes a place until its work here ends.
   *
   * @throws `AIWORK_OVERLOADED` when all places are taken.
   */
  begin(run: () => Promise<Run<unknown>>): Promise<Run<unknown>>;
}

export function createRunPlaces(max: number): RunPlaces {
  // One that is gone on with has its place already.
  const held = new Set<string>();
  let beginning = 0;
  return {
    async begin(start) {
      if (held.size + beginning >= max) throw overloaded(`${max} executions are unfinished here`);
      beginning += 1;
      let run: Run<unknown>;
      try {
        run = await start();
      } finally {
        beginning -= 1;
      }
      if (held.has(run.id)) return run;
      held.add(run.id);
      const free = () => void held.delete(run.id);
      run.result().then(free, free);
      return run;
    },
  };
}

/** The server has too much to do. */
export function overloaded(why: string): AiworkError {
  return new AiworkError('AIWORK_OVERLOADED', `${why}: try again later, or elsewhere`, {
    outcome: 'not-applied',
    retryable: true,
    retryAfterMs: 1000,
  });
}
