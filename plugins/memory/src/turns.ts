import { setImmediate as nextTurn } from 'node:timers/promises';
import { checkSignal } from '@aiwork/core/adapter-kit';

/** Work that can be interrupted at each of its steps, which are short. */
export type Steps<T = void> = Generator<void, T>;

/** Longest time, about, that work in steps keeps the event loop from other work. */
const turnMs = 8;

/** When the turn of the event loop at hand ends for us, all together; `undefined` before work began in it. */
let turnEnd: number | undefined;

function isTurnOver(): boolean {
  if (turnEnd === undefined) {
    turnEnd = performance.now() + turnMs;
    setImmediate(() => {
      turnEnd = undefined;
    });
  }
  return performance.now() >= turnEnd;
}

/**
 * Does work in as many turns of the event loop as it needs. Calls that are made one after the other share a turn, however short
 * each is: promises alone never let timers and sockets run.
 *
 * @throws AiworkError `AIWORK_CANCELLED` when the signal aborted between two turns; the rest is not done.
 */
export async function inTurns<T>(steps: Steps<T>, signal?: AbortSignal): Promise<T> {
  let step = steps.next();
  for (; !step.done; step = steps.next()) {
    if (!isTurnOver()) continue;
    await nextTurn();
    checkSignal(signal);
  }
  return step.value;
}

/** Does work in one go. */
export function atOnce<T>(steps: Steps<T>): T {
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}
