import { atMost, type Findings, type Target } from '../report.ts';
import { type Contestant, compare, type Effort } from './compare.ts';
import { nameOf, type Work } from './work.ts';

const subject = (name: string, module: string, required = false): Contestant => ({
  name,
  module: new URL(`./subjects/${module}.ts`, import.meta.url),
  required,
});

const ours = '@aiwork/core';
const byHand = 'promises by hand, same events';
const own = [subject(ours, 'aiwork', true), subject(byHand, 'by-hand', true)];
const peers = [subject('@mastra/core', 'mastra'), subject('@langchain/langgraph', 'langgraph')];

/** At most this many times the other's time a step. */
const limits: readonly (readonly [other: string, limit: number])[] = [
  ['@mastra/core', 1 / 5],
  ['@langchain/langgraph', 1 / 100],
  [byHand, 5],
];

/** Trivial steps without a store on disk: what the engine itself costs. */
export async function inMemory(
  works: readonly Work[],
  effort: Effort,
  withPeers: boolean,
): Promise<Findings> {
  const comparison = await compare([...own, ...(withPeers ? peers : [])], works, effort);
  const targets = works.flatMap((work): Target[] =>
    limits.flatMap(([other, limit]) => {
      const theirs = comparison.of(other, work);
      const mine = comparison.of(ours, work) as number;
      return theirs === undefined
        ? []
        : [atMost(nameOf(work), `time a step against ${other}`, mine / theirs, limit)];
    }),
  );
  return { rows: comparison.rows, targets, skipped: comparison.skipped };
}
