import type { RunEvent } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { lanesOf, tracksOf } from './lanes.ts';
import { summary } from './summary.ts';

/** A call of the flow that these workers did one after the other, each from one time to another. */
const call = (tile: number, ...stints: readonly (readonly [owner: string, from: number, to: number])[]) =>
  ({
    type: 'child.used',
    stepId: `tiles[${tile}]`,
    stints: stints.map(([owner, from, to]) => ({ owner, from, to })),
  }) as unknown as RunEvent;

const events = [
  { type: 'run.started', at: 1000 } as unknown as RunEvent,
  call(0, ['b/2', 1000, 1400]),
  call(1, ['b/2', 1200, 1500]),
  call(2, ['b/2', 1400, 1400], ['a/1', 1800, 2000]),
];

describe('lanes', () => {
  it('hold what each worker did, from the begin of the run', () => {
    expect(lanesOf(events).map(({ worker }) => worker)).toEqual(['a', 'b']);
    expect(lanesOf(events)[0]?.pieces).toEqual([{ tile: 2, fromMs: 800, toMs: 1000, isLeft: false }]);
  });

  it('end what a killed worker had in hand when it was killed', () => {
    const [, lane] = lanesOf(events, { worker: 'b', at: 1600 });
    expect(lane?.killedMs).toBe(600);
    expect(lane?.pieces.at(-1)).toEqual({ tile: 2, fromMs: 400, toMs: 600, isLeft: true });
  });

  it('have a track for each of the pieces that overlap', () => {
    const [, lane] = lanesOf(events);
    const tracks = lane ? tracksOf(lane) : [];
    expect(tracks.map((track) => track.map(({ tile }) => tile))).toEqual([[0, 2], [1]]);
  });
});

describe('the summary', () => {
  it('has a line for each worker, says what was left, and marks the kill', () => {
    const lines = summary(lanesOf(events, { worker: 'b', at: 1600 }), 1000).split('\n');
    expect(lines[0]).toMatch(/^ {2}a {2}·{48}█{12} {2}1 tile$/);
    expect(lines[1]).toMatch(/^ {2}b {2}█+✖·+ {2}2 tiles, killed with 1 in hand$/);
    expect(lines[2]).toMatch(/0 +1\.0 s$/);
  });
});
