import { inspect } from 'node:util';
import type { LogLevel, RunEvent } from '@aiwork/core';
import { oneLine } from '../terminal/one-line.ts';
import type { Paint, Style } from '../terminal/style.ts';

const styles: Readonly<Record<LogLevel, Style>> = {
  debug: 'dim',
  info: 'blue',
  warn: 'yellow',
  error: 'red',
};

/** A line that a step logged. */
export function logLine(event: Extract<RunEvent, { type: 'log' }>, paint: Paint): string {
  const data =
    event.data === undefined ? '' : ` ${inspect(event.data, { breakLength: Number.POSITIVE_INFINITY })}`;
  return `${paint(styles[event.level], event.level)} ${paint('dim', oneLine(event.stepId))} ${oneLine(event.message + data)}`;
}
