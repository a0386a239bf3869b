import { setImmediate as nextTurn } from 'node:timers/promises';
import { checkSignal } from '@aiwork/core/adapter-kit';

/** Work that can be interrupted at each of its steps, which are short. */
export type Steps<T = void> = Generator<void, T>;

/** Longest time, about, that work in steps keeps the event loop from other work. */
const turnMs = 8;

/** How many works there are, which share a turn. */
let works = 0;
/** When who works now has to make way; `undefined` before anybody did in the turn at hand. */
let turnEnd: number | undefined;

function beginShare(): number {
  setImmediate(() => {
    turnEnd = undefined;
  });
  return performance.now() + turnMs / works;
}

function isTurnOver(): boolean {
  turnEnd ??= beginShare();
  return performance.now() >= turnEnd;
}

/**
 * Does work in as many turns of the event loop as it needs. Calls that are made one after the other share a turn, however short
 * each is: promises alone never let timers and sockets run.
 *
 * @throws AiworkError `AIWORK_CANCELLED` when the signal aborted between two turns; the rest is not done.
 */
export async function inTurns<T>(steps: Steps<T>, signal?: AbortSignal): Promise<T> {
  works += 1;
  try {
    let step = steps.next();
    for (; !step.done; step = steps.next()) {
      if (!isTurnOver()) continue;
      await nextTurn();
      checkSignal(signal);
      // A share of its own, however much of the turn others had before it.
      turnEnd = beginShare();
    }
    return step.value;
  } finally {
    works -= 1;
  }
}

/** Does work in one go. */
export function atOnce<T>(steps: Steps<T>): T {
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}
