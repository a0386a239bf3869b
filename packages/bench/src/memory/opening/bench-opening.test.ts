import { expect, it } from 'vitest';
import { benchOpening } from './bench-opening.ts';

it('measures how soon a file is open, and holds its hits to those of what was saved', {
  timeout: 120_000,
}, async () => {
  const { rows } = await benchOpening({
    documents: 200,
    vocabulary: 100,
    vectors: 50,
    dimensions: 8,
    rounds: 2,
  });
  const metrics = ['index time', 'save', 'file', 'open, p50', 'first query, p50'];
  expect(rows.map(({ metric }) => metric)).toEqual([...metrics, ...metrics]);
  expect(rows.every(({ value }) => value > 0)).toBe(true);
});
