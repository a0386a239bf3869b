import { describe, expect, it } from 'vitest';
import { read } from './markdown.ts';

interface Row {
  readonly work: string;
  readonly subject: string;
  readonly metric: string;
  readonly value: number;
}

const readme = read('README.md').replaceAll(/\s+/g, ' ');
const rowsOf = (bench: string): readonly Row[] =>
  JSON.parse(read(`packages/bench/results/${bench}.json`)).rows;

describe('the figures of the README', () => {
  it('of installed sizes are those of bench:footprint', () => {
    const rows = rowsOf('footprint');
    const figure = (subject: string, metric: string) =>
      rows.find((row) => row.subject === subject && row.metric === metric)?.value ?? Number.NaN;
    const size = (subject: string) => figure(subject, 'installed size').toFixed(0);
    const packages = figure('@aiwork/core', 'packages');
    const own = figure('@aiwork/core', 'installed size').toFixed(1);
    expect(readme).toContain(`installs as ${packages} packages of ${own} MB in all`);
    expect(readme).toContain(
      `DBOS ${size('@dbos-inc/dbos-sdk')} MB, \`ai\` ${size('ai')} MB, ` +
        `LangGraph ${size('@langchain/langgraph')} MB, Mastra ${size('@mastra/core')} MB.`,
    );
  });

  it('of types are those of bench:types', () => {
    const costs = rowsOf('types')
      .filter(({ subject, metric }) => subject.startsWith('@aiwork/') && metric === 'instantiations a step')
      .map(({ value }) => value);
    const [least, most] = [Math.floor(Math.min(...costs)), Math.ceil(Math.max(...costs))];
    expect(readme).toContain(`costs the compiler ${least} to ${most} instantiations`);
  });
});
