/**
 * Lets so many through in one turn of the event loop, and the others in the turns after, first come first served.
 * Undefined when the way is free at once.
 */
export function createTurnstile(perTurn: number): () => Promise<void> | undefined {
  const queue: (() => void)[] = [];
  let free = perTurn;
  let isTurning = false;

  function turn(): void {
    isTurning = false;
    free = perTurn;
    for (const pass of queue.splice(0, perTurn)) {
      free -= 1;
      pass();
    }
    if (free < perTurn) arm();
  }

  function arm(): void {
    if (isTurning) return;
    isTurning = true;
    setImmediate(turn);
  }

  return () => {
    arm();
    if (free > 0 && queue.length === 0) {
      free -= 1;
      return undefined;
    }
    return new Promise((resolve) => {
      queue.push(resolve);
    });
  };
}
