import process from 'node:process';
import type { Progress } from '@aiwork/core';
import { liveRegion } from '../terminal/live-region.ts';

/** Says on stderr how far a conversion has come. */
export interface ConversionProgress extends Disposable {
  tell(progress: Progress): void;
}

/** A line that is redrawn in a terminal, and elsewhere one now and then. */
const redrawMs = 100;
const lineMs = 10_000;

export function conversionProgress(): ConversionProgress {
  const region = process.stderr.isTTY ? liveRegion(process.stderr) : undefined;
  const everyMs = region ? redrawMs : lineMs;
  let toldAt = performance.now();
  return {
    tell(progress) {
      const now = performance.now();
      if (now - toldAt < everyMs) return;
      toldAt = now;
      const line = progressLine(progress);
      if (region) region.draw([line]);
      else process.stderr.write(`${line}\n`);
    },
    [Symbol.dispose]: () => region?.end(),
  };
}

function progressLine({ done, total, unit, label = 'converting' }: Progress): string {
  const amount = (n: number) => (unit === 'bytes' ? `${(n / 1e6).toFixed(1)} MB` : String(n));
  const share = total ? ` (${Math.floor((100 * done) / total)}%)` : '';
  return `${label}: ${amount(done)}${total === undefined ? '' : ` of ${amount(total)}`}${share}`;
}
