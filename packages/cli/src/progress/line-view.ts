import type { RunEvent } from '@aiwork/core';
import { elapsed } from '../terminal/elapsed.ts';
import { oneLine } from '../terminal/one-line.ts';
import { type Paint, paintFor } from '../terminal/style.ts';
import { logLine } from './log-line.ts';
import { describePrompt } from './run-progress.ts';
import type { ProgressView } from './view.ts';

/** A line for each thing that happens after `afterSeq`: for pipes, files and the logs of build servers. */
export function lineView(stream: NodeJS.WriteStream, afterSeq = 0): ProgressView {
  const paint = paintFor(stream);
  const startedAt = new Map<string, number>();
  return {
    event(event) {
      if (event.type === 'step.started' && !startedAt.has(event.stepId)) {
        startedAt.set(event.stepId, event.at);
      }
      if (event.seq <= afterSeq) return;
      const line = lineFor(event, paint, (stepId) => elapsed(event.at - (startedAt.get(stepId) ?? event.at)));
      if (line !== undefined) stream.write(`${line}\n`);
    },
    note: (text) => stream.write(`${text}\n`),
    end: () => {},
  };
}

function lineFor(event: RunEvent, paint: Paint, took: (stepId: string) => string): string | undefined {
  if (!('stepId' in event)) return undefined;
  const id = oneLine(event.stepId);
  switch (event.type) {
    case 'step.started':
      return `${paint('cyan', '●')} ${id} started${event.attempt > 1 ? `, attempt ${event.attempt}` : ''}`;
    case 'step.expanded':
      return `${paint('cyan', '●')} ${id} has ${event.inputs?.length ?? 'many'} items`;
    case 'step.retrying':
      return `${paint('yellow', '↻')} ${id} attempt ${event.attempt} failed, next in ${elapsed(event.delayMs)}: ${oneLine(event.error.message)}`;
    case 'step.waiting':
      return `${paint('magenta', '◆')} ${id} waits for a signal ${oneLine(describePrompt(event.prompt))}`.trimEnd();
    case 'step.sleeping':
      return `${paint('blue', '◌')} ${id} sleeps until ${new Date(event.until).toISOString()}`;
    case 'step.succeeded':
      return `${paint('green', '✔')} ${id} done in ${took(event.stepId)}`;
    case 'step.failed':
      return `${paint('red', '✖')} ${id} failed after ${took(event.stepId)}: ${oneLine(event.error.message)}`;
    case 'step.skipped':
      return `${paint('dim', '–')} ${id} skipped`;
    case 'step.cancelled':
    case 'step.abandoned':
      return `${paint('yellow', '■')} ${id} cancelled: ${oneLine(event.reason)}`;
    case 'step.undone':
      return `${paint('yellow', '↶')} ${id} undone`;
    case 'step.undo-failed':
      return `${paint('red', '✖')} ${id} could not be undone: ${oneLine(event.error.message)}`;
    case 'log':
      return logLine(event, paint);
    default:
      return undefined;
  }
}
