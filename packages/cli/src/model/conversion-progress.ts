import type { Progress } from '@aiwork/core';
import { pacedLine } from '../terminal/paced-line.ts';

/** Says on stderr how far a conversion has come. */
export interface ConversionProgress extends Disposable {
  tell(progress: Progress): void;
}

export function conversionProgress(): ConversionProgress {
  const line = pacedLine(100);
  return {
    tell: (progress) => line.tell(() => progressLine(progress)),
    [Symbol.dispose]: () => line[Symbol.dispose](),
  };
}

function progressLine({ done, total, unit, label = 'converting' }: Progress): string {
  const amount = (n: number) => (unit === 'bytes' ? `${(n / 1e6).toFixed(1)} MB` : String(n));
  const share = total ? ` (${Math.floor((100 * done) / total)}%)` : '';
  return `${label}: ${amount(done)}${total === undefined ? '' : ` of ${amount(total)}`}${share}`;
}
