import type { RunEvent } from '@aiwork/core';

/** Work of one worker on one tile. */
export interface Piece {
  readonly tile: number;
  /** Milliseconds since the run began. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Whether another worker had to do it. */
  readonly isLeft: boolean;
}

/** What one worker did. */
export interface Lane {
  readonly worker: string;
  readonly pieces: readonly Piece[];
  /** When it was killed, in milliseconds since the run began. */
  readonly killedMs?: number;
}

export interface Killed {
  readonly worker: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/**
 * Who drew which tile when, as the journal of the flow says. What a killed worker had in hand ended when it was killed: its
 * own journal cannot say so.
 */
export function lanesOf(events: readonly RunEvent[], killed?: Killed): readonly Lane[] {
  const begin = events[0]?.at ?? 0;
  const pieces = new Map<string, Piece[]>();
  for (const event of events) {
    if (event.type !== 'child.used') continue;
    const tile = Number(/\[(\d+)\]$/.exec(event.stepId)?.[1]);
    const { stints = [] } = event;
    for (const [i, { owner, from, to }] of stints.entries()) {
      const [worker = owner] = owner.split('/', 1);
      const isLeft = i < stints.length - 1;
      const end = isLeft && killed?.worker === worker ? killed.at : to;
      const done = pieces.get(worker) ?? [];
      pieces.set(worker, done);
      done.push({ tile, fromMs: from - begin, toMs: end - begin, isLeft });
    }
  }
  return [...pieces]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([worker, done]) => ({
      worker,
      pieces: done.sort((a, b) => a.fromMs - b.fromMs),
      ...(killed?.worker === worker && { killedMs: killed.at - begin }),
    }));
}

/** How many pieces of a lane stand in which of its tracks: those that overlap stand below each other. */
export function tracksOf({ pieces }: Lane): readonly (readonly Piece[])[] {
  const tracks: Piece[][] = [];
  for (const piece of pieces) {
    const free = tracks.find((track) => (track.at(-1)?.toMs ?? 0) <= piece.fromMs);
    if (free) free.push(piece);
    else tracks.push([piece]);
  }
  return tracks;
}
