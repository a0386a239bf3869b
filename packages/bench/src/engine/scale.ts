import { isolate } from '../isolated/isolate.ts';
import { interleave, median } from '../measure.ts';
import { atMost, type Findings, type Row, type Target } from '../report.ts';
import type { Load, LoadFigures } from './scale-rounds.ts';

export interface ScaleSize {
  /** Steps of the large flow, and number of runs at once. */
  readonly large: number;
  /** Steps of the flow that is compared with. */
  readonly small: number;
  readonly rounds: number;
  readonly warmUps: number;
}

type Rounds = typeof import('./scale-rounds.ts');

const subject = '@aiwork/core';

/** Whether a step of large flows and of many runs costs what a step of a small flow does. */
export async function scale({ large, small, rounds, warmUps }: ScaleSize): Promise<Findings> {
  const sequential = (shape: 'chain' | 'fan-out', size: number): Load => ({
    name: `${(large * 10) / size} runs of a ${shape} of ${size}, one after the other`,
    work: { shape, size },
    runs: (large * 10) / size,
    atOnce: false,
  });
  const smallChain = sequential('chain', small);
  const smallFanOut = sequential('fan-out', small);
  const atOnce: Load = {
    name: `${large} runs of a chain of 10 at once`,
    work: { shape: 'chain', size: 10 },
    runs: large,
    atOnce: true,
  };
  const pairs = [
    { load: sequential('chain', large), base: smallChain },
    { load: sequential('fan-out', large), base: smallFanOut },
    { load: atOnce, base: smallChain },
  ];
  const loads = [smallChain, smallFanOut, ...pairs.map(({ load }) => load)];
  const measured = await interleave(rounds, loads, async (load) => {
    const host = await isolate<Rounds>(new URL('./scale-rounds.ts', import.meta.url));
    try {
      return await host.call('measureLoad', load, warmUps);
    } finally {
      await host.close();
    }
  });
  const middle = (load: Load, figure: keyof LoadFigures) =>
    median((measured[loads.indexOf(load)] as LoadFigures[]).map((figures) => figures[figure]));
  return {
    rows: loads.flatMap((load): Row[] => [
      {
        work: load.name,
        subject,
        metric: 'time a step',
        value: middle(load, 'microsecondsPerStep'),
        unit: 'µs',
      },
      {
        work: load.name,
        subject,
        metric: 'heap kept a step',
        value: middle(load, 'heapBytesPerStep'),
        unit: 'B',
      },
    ]),
    targets: pairs.flatMap(({ load, base }): Target[] => {
      const ratio = (figure: keyof LoadFigures) => middle(load, figure) / middle(base, figure);
      const against = `, against a ${base.work.shape} of ${base.work.size}`;
      return [
        atMost(load.name, `time a step${against}`, ratio('microsecondsPerStep'), 1.5),
        atMost(load.name, `heap a step${against}`, ratio('heapBytesPerStep'), 1.5),
      ];
    }),
  };
}
