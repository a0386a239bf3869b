import type { Row } from './rows.ts';

/** A stretch in which nothing worked, drawn shorter than it was. */
export interface Break {
  /** Fractions of the width. */
  readonly from: number;
  readonly to: number;
  readonly ms: number;
}

export interface Tick {
  readonly at: number;
  /** Since the run began, in milliseconds. */
  readonly ms: number;
}

export interface TimeScale {
  /** The place of a time, as a fraction of the width. */
  place(time: number): number;
  readonly breaks: readonly Break[];
  readonly ticks: readonly Tick[];
}

/** Idle stretches longer than this part of the busy time are shortened to it. */
const idlePart = 0.08;

/**
 * Maps time to width. Hours of waiting for a person would leave no room for the seconds of work around them, so idle
 * stretches are cut short, and marked.
 */
export function timeScale(rows: readonly Row[], begin: number, end: number): TimeScale {
  const busy = busyStretches(rows, begin, end);
  const busyMs = busy.reduce((sum, [from, to]) => sum + to - from, 0);
  const longest = Math.max(busyMs * idlePart, 50);
  const pieces: { from: number; to: number; width: number }[] = [];
  let at = begin;
  for (const [from, to] of [...busy, [end, end] as const]) {
    if (from > at) pieces.push({ from: at, to: from, width: Math.min(from - at, longest) });
    if (to > from) pieces.push({ from, to, width: to - from });
    at = Math.max(at, to);
  }
  const total = pieces.reduce((sum, { width }) => sum + width, 0) || 1;
  let offset = 0;
  const placed = pieces.map((piece) => {
    const start = offset / total;
    offset += piece.width;
    return { ...piece, start, end: offset / total };
  });
  const place = (time: number) => {
    const piece = placed.find(({ to }) => time <= to) ?? placed.at(-1);
    if (!piece || piece.to === piece.from) return 0;
    const part = Math.min(1, Math.max(0, (time - piece.from) / (piece.to - piece.from)));
    return piece.start + part * (piece.end - piece.start);
  };
  return {
    place,
    breaks: placed
      .filter(({ from, to, width }) => to - from > width)
      .map((piece) => ({ from: piece.start, to: piece.end, ms: piece.to - piece.from })),
    ticks: ticks(placed, begin, place),
  };
}

function busyStretches(
  rows: readonly Row[],
  begin: number,
  end: number,
): readonly (readonly [number, number])[] {
  const spans = rows
    .flatMap((row) => row.spans)
    .filter(({ kind }) => kind === 'attempt')
    .map(({ from, to }) => [Math.max(from, begin), Math.min(to, end)] as const)
    .sort(([a], [b]) => a - b);
  const merged: [number, number][] = [];
  for (const [from, to] of spans) {
    const last = merged.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

/** Round times, about eight of them, none inside a shortened stretch. */
function ticks(
  pieces: readonly { from: number; to: number; width: number }[],
  begin: number,
  place: (time: number) => number,
): readonly Tick[] {
  const drawnMs = pieces.reduce((sum, { width }) => sum + width, 0);
  const stepMs = roundUp(drawnMs / 8);
  const found: Tick[] = [];
  for (const { from, to, width } of pieces) {
    if (to - from > width) continue;
    for (
      let ms = Math.ceil((from - begin) / stepMs) * stepMs;
      begin + ms <= to && found.length < 50;
      ms += stepMs
    ) {
      const at = place(begin + ms);
      if (at - (found.at(-1)?.at ?? -1) > 0.04) found.push({ at, ms });
    }
  }
  return found;
}

function roundUp(ms: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(ms, 1)));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= ms) ?? 10;
  return Math.max(1, factor * power);
}
