import { styleText } from 'node:util';
import { type Output, printLine } from './terminal.ts';

/** One of many that ended. */
export interface Ended {
  readonly what: string;
  readonly how: 'passed' | 'caught' | 'skipped' | 'known-failure' | 'blocked' | 'failed' | 'escaped';
  readonly durationMs: number;
}

/** How a long command tells that it goes on. */
export interface Progress {
  begin(title: string, total: number): void;
  ended(one: Ended): void;
  /** Everything that was begun has ended, or was given up. */
  end(): void;
}

/** Says nothing. */
export const silent: Progress = { begin() {}, ended() {}, end() {} };

const colours = {
  passed: 'green',
  caught: 'green',
  skipped: 'dim',
  'known-failure': 'yellow',
  blocked: 'yellow',
  failed: 'red',
  escaped: 'red',
} as const;

const eraseLine = '\r\u001b[2K';

/**
 * A line for each that ends. On a terminal there is one line that changes, and what is not as it should be stays above
 * it.
 */
export function createProgress(output: Output): Progress {
  const live = output.isTTY === true;
  let total = 0;
  let done = 0;

  function paint(how: Ended['how'], text: string): string {
    return live && !process.env['NO_COLOR'] ? styleText(colours[how], text, { validateStream: false }) : text;
  }

  function end(): void {
    if (live) output.write(eraseLine);
  }

  return {
    begin(title, count) {
      total = count;
      done = 0;
      printLine(output, title);
    },
    ended({ what, how, durationMs }) {
      done += 1;
      const count = `[${String(done).padStart(String(total).length)}/${total}]`;
      const line = `${count} ${paint(how, how.padEnd(7))} ${what}  ${durationMs} ms`;
      end();
      // What did not run is told at the end, every reason once.
      const ran = how !== 'skipped' && how !== 'blocked';
      const stays = how === 'failed' || how === 'escaped' || (!live && ran);
      if (stays) printLine(output, line);
      else if (live) output.write(what.length + 30 < (output.columns || 80) ? line : count);
    },
    end,
  };
}
