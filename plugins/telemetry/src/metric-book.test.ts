import { expect, it } from 'vitest';
import { createMetricBook } from './metric-book.ts';

async function read(book: ReturnType<typeof createMetricBook>) {
  const { resourceMetrics } = await book.collect();
  return resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
}

it('puts values into the bucket whose bound they do not exceed', async () => {
  const book = createMetricBook({ name: 'test', version: '1' });
  const record = book.histogram({ name: 'h', description: '', labels: ['a'], bounds: [1, 2] });
  for (const value of [0.5, 1, 1.5, 2, 9]) record('x')(value);
  const [metric] = await read(book);
  expect(metric?.dataPoints).toMatchObject([
    {
      attributes: { a: 'x' },
      value: { buckets: { boundaries: [1, 2], counts: [2, 2, 1] }, sum: 14, count: 5, min: 0.5, max: 9 },
    },
  ]);
});

it('is not spoilt by what is no amount', async () => {
  const book = createMetricBook({ name: 'test', version: '1' });
  const record = book.histogram({ name: 'h', description: '', labels: ['a'], bounds: [1] });
  const add = book.counter({ name: 'c', description: '', labels: ['a'] });
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -3, 2]) record('x')(value);
  for (const value of [Number.NaN, 2]) add('x')(value);
  const [histogram, counter] = await read(book);
  expect(histogram?.dataPoints).toMatchObject([
    { value: { buckets: { counts: [1, 1] }, sum: 2, count: 2, min: 0 } },
  ]);
  expect(counter?.dataPoints).toMatchObject([{ value: 2 }]);
});

it('keeps label sets apart, and counts those beyond 2,000 together', async () => {
  const book = createMetricBook({ name: 'test', version: '1' });
  const add = book.counter({ name: 'c', description: '', labels: ['a', 'b'] });
  for (let n = 0; n < 2500; n += 1) add('x', String(n))(1);
  add('x', '7')(1);
  const [metric] = await read(book);
  const points = metric?.dataPoints ?? [];
  expect(points).toHaveLength(2001);
  const countOf = (b: string) => points.find(({ attributes }) => attributes['b'] === b)?.value;
  expect([countOf('7'), countOf('1999'), countOf('other')]).toEqual([2, 1, 500]);
});

it('shows nothing of what never happened', async () => {
  const book = createMetricBook({ name: 'test', version: '1' });
  const move = book.gauge({ name: 'g', description: '', labels: ['a'] });
  const record = book.histogram({ name: 'h', description: '', labels: ['a'], bounds: [1] });
  move('x');
  record('x');
  expect(await read(book)).toEqual([]);
});
