import { expect, it } from 'vitest';
import { createEntries } from './entries.ts';

it('gives back what each document has, over many pieces', () => {
  const termsOf = (n: number) => Array.from({ length: (n * 7) % 90 }, (_, i) => n + i);
  const frequenciesOf = (n: number) => termsOf(n).map((term) => (term % 254) + 1);
  const stored = {
    ends: Uint32Array.of(0, 2),
    terms: Uint32Array.of(5, 6),
    frequencies: Uint8Array.of(1, 2),
  };
  const entries = createEntries(stored);
  for (let n = 0; n < 5000; n += 1) entries.push(termsOf(n), frequenciesOf(n));
  expect([...entries.at(0).terms]).toEqual([]);
  expect([...entries.at(1).frequencies]).toEqual([1, 2]);
  for (let n = 0; n < 5000; n += 1) {
    expect([...entries.at(n + 2).terms]).toEqual(termsOf(n));
    expect([...entries.at(n + 2).frequencies]).toEqual(frequenciesOf(n));
  }
});

it('has room for a document that is larger than all before it, and says what does not fit a byte', () => {
  const entries = createEntries();
  const terms = Array.from({ length: 300_000 }, (_, i) => i);
  entries.push([1], [1000]);
  entries.push(
    terms,
    terms.map(() => 3),
  );
  entries.push([2], [254]);
  expect([...entries.at(0).frequencies]).toEqual([255]);
  expect(entries.at(1).terms.length).toBe(300_000);
  expect(entries.at(1).terms[299_999]).toBe(299_999);
  expect([...entries.at(2).frequencies]).toEqual([254]);
});
