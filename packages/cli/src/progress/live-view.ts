import type { FlowGraph } from '@aiwork/core';
import stringWidth from 'string-width';
import { elapsed } from '../terminal/elapsed.ts';
import { liveRegion } from '../terminal/live-region.ts';
import { oneLine } from '../terminal/one-line.ts';
import { type Paint, paintFor } from '../terminal/style.ts';
import { logLine } from './log-line.ts';
import { isOver, type RunProgress, type StepProgress, trackProgress } from './run-progress.ts';
import { stepLine } from './step-line.ts';
import type { ProgressView } from './view.ts';

/** Ten pictures a second at most. */
const frameMs = 100;

/** All steps of a run on a terminal, redrawn in place. */
export function liveView(stream: NodeJS.WriteStream, graph?: FlowGraph, afterSeq = 0): ProgressView {
  const region = liveRegion(stream);
  const paint = paintFor(stream);
  const progress = trackProgress(graph);
  let frame = 0;
  const draw = (spin: boolean) => {
    region.draw(
      progressLines(progress, {
        paint,
        now: Date.now(),
        height: region.height,
        frame: spin ? frame : undefined,
      }),
    );
    frame += 1;
  };
  const timer = setInterval(() => draw(true), frameMs);
  timer.unref();
  const print = (line: string) => stream.write(`${line}\n`);
  return {
    event(event) {
      progress.apply(event);
      if (event.type === 'log' && event.seq > afterSeq) print(logLine(event, paint));
    },
    note: print,
    end() {
      clearInterval(timer);
      draw(false);
      region.end();
    },
  };
}

export interface LinesOptions {
  readonly paint: Paint;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** Lines there is room for. */
  readonly height: number;
  /** The picture of the spinners; without it they stand still. */
  readonly frame?: number | undefined;
}

/** A run's steps in at most `height` lines: when there is less room than steps, those that matter now are shown. */
export function progressLines(progress: RunProgress, options: LinesOptions): string[] {
  const { paint, now, height, frame } = options;
  const { steps, startedAt, retries } = progress;
  const shown = mostTelling(steps, Math.max(0, height - (steps.length > height - 1 ? 2 : 1)));
  const width = Math.min(40, Math.max(0, ...shown.map((step) => stringWidth(oneLine(step.id)))));
  const lines = shown.map((step) =>
    stepLine(step, {
      now,
      paint,
      width,
      partsDone: progress.partsDone(step.id),
      ...(frame !== undefined && { frame }),
    }),
  );
  if (shown.length < steps.length) lines.push(paint('dim', `  … ${steps.length - shown.length} more steps`));
  const over = steps.filter((step) => isOver(step.state)).length;
  const facts = [
    `${over} of ${steps.length} steps`,
    ...(retries > 0 ? [`${retries} ${retries === 1 ? 'retry' : 'retries'}`] : []),
    ...(startedAt === undefined ? [] : [elapsed(now - startedAt)]),
  ];
  lines.push(paint('dim', facts.join(' · ')));
  return lines.slice(-height);
}

/** The `room` steps to show, in their order: failed and unfinished ones first, then what ended last, then what is to come. */
function mostTelling(steps: readonly StepProgress[], room: number): readonly StepProgress[] {
  if (steps.length <= room) return steps;
  const rank = ({ state, endedAt = 0 }: StepProgress) => {
    if (state === 'pending') return 0;
    return state === 'failed' || !isOver(state) ? Number.POSITIVE_INFINITY : endedAt;
  };
  const chosen = new Set([...steps].sort((a, b) => compare(rank(b), rank(a))).slice(0, room));
  return steps.filter((step) => chosen.has(step));
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
