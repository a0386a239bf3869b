/** Writing to the readers of a run takes this share of a processor, as long as no event is too late for it. */
const share = 1 / 20;
/** What is known before anything was measured. */
const firstGuessMs = 0.01;
/** The mean is that of about so many writes: one that was disturbed, or counted in whole ticks, is not to slow down all. */
const remembered = 1000;

/** How long events are gathered, by what it takes to write to those who read them. */
export interface WritePace {
  /** From one time that so many are written to until the next, in milliseconds. */
  gatherMs(readers: number): number;
  /** So many were written to, and it took so long. */
  wrote(readers: number, tookMs: number): void;
}

/** One for all runs of a server: what a write takes depends on the machine. */
export function createWritePace(maxEventDelayMs: number): WritePace {
  let writeMs = firstGuessMs;
  return {
    gatherMs: (readers) => Math.min((readers * writeMs) / share, maxEventDelayMs),
    wrote(readers, tookMs) {
      writeMs = (remembered * writeMs + tookMs) / (remembered + readers);
    },
  };
}

/** Of this thread alone, which Node tells from 23.9 on. */
const usageOfThread: typeof process.cpuUsage | undefined = Reflect.get(process, 'threadCpuUsage');
const usage = usageOfThread ?? process.cpuUsage;

/** Processor time so far, in milliseconds: how long something takes says little where other processes have their turn. */
export function processorMs(): number {
  const { user, system } = usage();
  return (user + system) / 1000;
}
