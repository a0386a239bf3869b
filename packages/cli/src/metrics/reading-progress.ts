import process from 'node:process';
import { liveRegion } from '../terminal/live-region.ts';

/** Says on stderr how far a long reading has come. */
export interface ReadingProgress extends Disposable {
  /** One more run, that began at this time. */
  read(beganAt: number): void;
}

/** A line that is redrawn in a terminal, and elsewhere one now and then. */
const redrawMs = 1000;
const lineMs = 10_000;

export function readingProgress(): ReadingProgress {
  const region = process.stderr.isTTY ? liveRegion(process.stderr) : undefined;
  const everyMs = region ? redrawMs : lineMs;
  let runs = 0;
  let toldAt = performance.now();
  return {
    read(beganAt) {
      runs += 1;
      const now = performance.now();
      if (now - toldAt < everyMs) return;
      toldAt = now;
      const line = `Read ${runs.toLocaleString('en')} runs, back to ${new Date(beganAt).toISOString()} …`;
      if (region) region.draw([line]);
      else process.stderr.write(`${line}\n`);
    },
    [Symbol.dispose]: () => region?.end(),
  };
}
