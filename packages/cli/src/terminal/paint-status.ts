import type { RunStatus } from '@aiwork/core';
import type { Paint, Style } from './style.ts';

const styles: Readonly<Record<RunStatus, Style>> = {
  queued: 'dim',
  running: 'cyan',
  waiting: 'magenta',
  succeeded: 'green',
  failed: 'red',
  cancelled: 'yellow',
};

/** A run's status in its colour. */
export function paintStatus(status: RunStatus, paint: Paint): string {
  return paint(styles[status], status);
}
