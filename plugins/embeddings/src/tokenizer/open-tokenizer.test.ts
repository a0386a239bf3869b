import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openTokenizer } from './open-tokenizer.ts';

const read = (name: string) =>
  readFileSync(new URL(`../../test/tokenizer/${name}.json`, import.meta.url), 'utf8');

interface Part {
  readonly name: string;
  readonly text: string;
  readonly times?: number;
}

interface Expected {
  readonly ids: readonly number[];
  readonly isTruncated: boolean;
}

const corpus: readonly Part[] = JSON.parse(read('corpus'));
const expected: Readonly<Record<string, readonly Expected[]>> = JSON.parse(read('expected'));
const textOf = ({ text, times = 1 }: Part) => text.repeat(times);

describe.each(Object.entries(expected))('a %s tokenizer', (kind, all) => {
  const tokenizer = openTokenizer(read(kind), 64);

  it.each(corpus.map((part, i) => [part.name, textOf(part), all[i]] as const))(
    'reads %s as the reference does',
    async (_name, text, tokens) => {
      const [read] = await tokenizer.tokenize([text]);
      expect({ ...read, ids: [...(read?.ids ?? [])] }).toEqual(tokens);
    },
  );

  it('reads every text of a list as it does alone', async () => {
    const together = await tokenizer.tokenize(corpus.map(textOf));
    expect(together.map(({ ids, isTruncated }) => ({ ids: [...ids], isTruncated }))).toEqual(all);
  });
});

describe('a tokenizer', () => {
  const tokenizer = openTokenizer(read('wordpiece'), 64);

  it('reads U+FFFD of an unpaired surrogate', async () => {
    const [cut, mended] = await tokenizer.tokenize(['half \ud83d of it', 'half \ufffd of it']);
    expect(cut).toEqual(mended);
  });

  it('leaves the event loop free while it reads a long text', async () => {
    const long = 'rain in the harbour '.repeat(50_000);
    await tokenizer.tokenize(['warm']);
    let turns = 0;
    const turning = setInterval(() => {
      turns += 1;
    }, 1);
    await tokenizer.tokenize([long]);
    clearInterval(turning);
    expect(turns).toBeGreaterThan(10);
  });

  it('says of what is none that it is none', () => {
    expect(() => openTokenizer('{"model":', 64)).toThrow(
      expect.objectContaining({ code: 'AIWORK_CORRUPT_DATA' }),
    );
  });
});
