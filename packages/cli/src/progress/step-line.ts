import stringWidth from 'string-width';
import { elapsed } from '../terminal/elapsed.ts';
import { oneLine } from '../terminal/one-line.ts';
import type { Paint, Style } from '../terminal/style.ts';
import type { StepProgress, StepState } from './run-progress.ts';

const marks: Readonly<Record<StepState, readonly [mark: string, style: Style]>> = {
  pending: ['○', 'dim'],
  running: ['●', 'cyan'],
  retrying: ['↻', 'yellow'],
  waiting: ['◆', 'magenta'],
  sleeping: ['◌', 'blue'],
  succeeded: ['✔', 'green'],
  failed: ['✖', 'red'],
  skipped: ['–', 'dim'],
  cancelled: ['■', 'yellow'],
  undone: ['↶', 'yellow'],
};

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

export interface StepLineOptions {
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  readonly paint: Paint;
  /** Of the ids' column. */
  readonly width: number;
  /** How many parts of the step are done. */
  readonly partsDone: number;
  /** The picture of the spinner to show; without it, running steps have a still mark. */
  readonly frame?: number;
}

/** One step in one line, as in `✔ fetch  312 ms`. */
export function stepLine(step: StepProgress, options: StepLineOptions): string {
  const { paint, width, frame } = options;
  const [still, style] = marks[step.state];
  const mark = step.state === 'running' && frame !== undefined ? spinner[frame % spinner.length] : still;
  const id = oneLine(step.id);
  const name = id + ' '.repeat(Math.max(0, width - stringWidth(id)));
  const facts = factsOf(step, options).join(', ');
  return `${paint(style, mark ?? still)} ${step.state === 'pending' ? paint('dim', name) : name}  ${facts}`.trimEnd();
}

function factsOf(step: StepProgress, { now, paint, partsDone }: StepLineOptions): string[] {
  const { state, attempt, startedAt, endedAt, dueAt, items } = step;
  const facts: string[] = [];
  const remark = (style: Style, text: string) => facts.push(paint(style, oneLine(text)));
  const note = step.note ? `: ${step.note}` : '';
  if (startedAt !== undefined && state !== 'skipped' && state !== 'waiting' && state !== 'sleeping') {
    remark('dim', elapsed((isLive(state) ? now : (endedAt ?? now)) - startedAt));
  }
  if (items !== undefined) facts.push(`${Math.min(partsDone, items)} of ${items}`);
  const left = dueAt === undefined ? '' : ` in ${elapsed(dueAt - now)}`;
  if (attempt > 1 && state !== 'retrying') remark('yellow', `attempt ${attempt}`);
  if (state === 'retrying') remark('yellow', `attempt ${attempt} failed, next${left}${note}`);
  else if (state === 'waiting')
    remark('magenta', `waits for a signal${dueAt === undefined ? '' : ` (expires${left})`}${note}`);
  else if (state === 'sleeping') remark('blue', `wakes${left}`);
  else if (state === 'failed') remark('red', `failed${note}`);
  else if (state === 'cancelled') remark('yellow', `cancelled${note}`);
  else if (state === 'skipped') remark('dim', 'skipped');
  else if (state === 'undone') remark('yellow', 'undone');
  else if (note) remark('magenta', step.note ?? '');
  return facts;
}

function isLive(state: StepState): boolean {
  return state === 'running' || state === 'retrying';
}
