import { pacedLine } from '../terminal/paced-line.ts';

/** Says on stderr how far a long reading has come. */
export interface ReadingProgress extends Disposable {
  /** One more run, that began at this time. */
  read(beganAt: number): void;
}

export function readingProgress(): ReadingProgress {
  const line = pacedLine(1000);
  let runs = 0;
  return {
    read(beganAt) {
      runs += 1;
      line.tell(() => `Read ${runs.toLocaleString('en')} runs, back to ${new Date(beganAt).toISOString()} …`);
    },
    [Symbol.dispose]: () => line[Symbol.dispose](),
  };
}
