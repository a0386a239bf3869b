import process from 'node:process';
import { liveRegion } from './live-region.ts';

/** A line on stderr about work that takes long: redrawn in a terminal, elsewhere one now and then. */
export interface PacedLine extends Disposable {
  /** Says how far the work is, if the last time was long enough ago. */
  tell(line: () => string): void;
}

const lineMs = 10_000;

export function pacedLine(redrawMs: number): PacedLine {
  const region = process.stderr.isTTY ? liveRegion(process.stderr) : undefined;
  const everyMs = region ? redrawMs : lineMs;
  let toldAt = performance.now();
  return {
    tell(line) {
      const now = performance.now();
      if (now - toldAt < everyMs) return;
      toldAt = now;
      if (region) region.draw([line()]);
      else process.stderr.write(`${line()}\n`);
    },
    [Symbol.dispose]: () => region?.end(),
  };
}
