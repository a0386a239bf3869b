/** What is wanted to begin; nothing when it is no longer to be done. */
type Begin = () => Promise<void> | undefined;

/**
 * How long those who are ready wait for those who are not. Without it a source that is first to connect has everything
 * done before another one can take its turn.
 */
const longestStartMs = 1000;

/** Lets no more than so many pieces of work run at once. */
export interface Slots {
  /** One of so many who want slots. They take turns; what one of them wants begins in its order. */
  source(): SlotSource;
}

export interface SlotSource {
  /** Has what it can begin with, or nothing for now. */
  ready(): void;
  want(begin: Begin): void;
}

export function createSlots(concurrency: number, sources: number): Slots {
  const lines: Begin[][] = [];
  let turn = 0;
  let running = 0;
  let isOpen = false;
  let readySources = 0;

  function open(): void {
    isOpen = true;
    fill();
  }

  function nextBegin(): Begin | undefined {
    for (let tries = 0; tries < lines.length; tries += 1) {
      turn = (turn + 1) % lines.length;
      const begin = lines[turn]?.shift();
      if (begin) return begin;
    }
    return undefined;
  }

  function fill(): void {
    while (isOpen && running < concurrency) {
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
      let isReady = false;
      return {
        ready() {
          if (isReady) return;
          isReady = true;
          readySources += 1;
          if (readySources === sources) open();
          else if (readySources === 1) setTimeout(open, longestStartMs).unref();
        },
        want(begin) {
          line.push(begin);
          fill();
        },
      };
    },
  };
}
