/** What is wanted to begin; nothing when it is no longer to be done. */
type Begin = () => Promise<void> | undefined;

/** Lets no more than so many pieces of work run at once. */
export interface Slots {
  /** One of those who want slots. They take turns; what one of them wants begins in its order. */
  source(): SlotSource;
}

export interface SlotSource {
  want(begin: Begin): void;
}

export function createSlots(concurrency: number): Slots {
  const lines: Begin[][] = [];
  let turn = 0;
  let running = 0;

  function nextBegin(): Begin | undefined {
    for (let tries = 0; tries < lines.length; tries += 1) {
      turn = (turn + 1) % lines.length;
      const begin = lines[turn]?.shift();
      if (begin) return begin;
    }
    return undefined;
  }

  function fill(): void {
    while (running < concurrency) {
      const begin = nextBegin();
      if (!begin) return;
      const work = begin();
      if (!work) continue;
      running += 1;
      const end = () => {
        running -= 1;
        fill();
      };
      work.then(end, end);
    }
  }

  return {
    source() {
      const line: Begin[] = [];
      lines.push(line);
      return {
        want(begin) {
          line.push(begin);
          fill();
        },
      };
    },
  };
}
