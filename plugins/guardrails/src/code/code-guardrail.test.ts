import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkText } from '../check-text.fixture.ts';
import { expectSafeStream, streamThrough } from '../stream/stream.fixture.ts';
import { type CodeGuardrailOptions, codeGuardrail } from './code-guardrail.ts';

const sqlOnly = (options: Partial<CodeGuardrailOptions> = {}) =>
  codeGuardrail({ name: 'code', allow: ['sql', 'text'], ...options });

async function redacted(text: string, guardrail = sqlOnly()) {
  const verdict = await checkText(guardrail, text);
  return verdict.action === 'redact' ? verdict.text : verdict.action === 'pass' ? text : verdict;
}

describe('codeGuardrail', { timeout: 60_000 }, () => {
  it.each([
    'no code: `x` and ``y``, a < b > c, <b>bold</b>, 1 <script',
    '```sql\nselect 1\n```',
    '```\nplain\n```\n~~~ PSQL\nx\n~~~',
    'inline ```sh``` code',
    '```sql\n<script>x</script>\n```',
    '```sql\n~~~sh\n```',
    '````sql\n```sh\n````',
    'write `<script>` and `<style>` yourself',
    '<a href="b" title="on x=">y</a> online = 1',
    '    four spaces',
  ])('passes %j', async (text) => {
    expect(await checkText(sqlOnly(), text)).toEqual({ action: 'pass' });
  });

  it.each([
    ['a\n```sh\nrm\n```\nb', 'a\n[code block]\nb'],
    ['```Bash\nrm\n```', '[code block]'],
    ['~~~py\nx\n```\ny\n~~~~\nb', '[code block]\nb'],
    ['> ```js {1}\n> x\n> ```\nb', '[code block]\nb'],
    ['- ```{.python .x}\n  x\n  ```\nb', '[code block]\nb'],
    ['1. ~~~js\nx\n~~~', '[code block]'],
    ['```js\nnever ends', '[code block]'],
    ['```js\nx\n``` js\ny\n```\nb', '[code block]\nb'],
    ['```sql\n1\n```\n```go\n2\n```', '```sql\n1\n```\n[code block]'],
    ['a <script src=x></script> b', 'a [code block] b'],
    ['a <SCRIPT\n>x</Script > b', 'a [code block] b'],
    ['a <script>never ends', 'a [code block]'],
    ['a `<script>alert(1)</script> b', 'a `[code block] b'],
    ['a <style>x</style> <?php echo 1 ?> <?= 1 ?>', 'a [code block] [code block] [code block]'],
    ['<img src=x onerror=alert(1)> b', '[code block] b'],
    ['<img/onerror="a>b" x> b', '[code block] b'],
    ['<img title="<" alt=">" onerror=alert(1)> b', '[code block] b'],
    ['<x y="\n\n<script>alert(1)</script>"> b', '<x y="\n\n[code block]"> b'],
  ])('redacts %j to %j', async (text, expected) => {
    expect(await redacted(text)).toBe(expected);
  });

  it('finds what it is told to refuse, by any of its names', async () => {
    const guardrail = codeGuardrail({ name: 'code', refuse: ['JavaScript', 'shell'] });
    expect(await redacted('```tsx\n1\n```\n```jsx\n2\n```\n```zsh\n3\n```\n```\n4\n```', guardrail)).toBe(
      '```tsx\n1\n```\n[code block]\n[code block]\n```\n4\n```',
    );
    expect(await redacted('<style>a</style><script>b</script>', guardrail)).toBe(
      '<style>a</style>[code block]',
    );
  });

  it('finds all code when it allows none', async () => {
    expect(await redacted('```\n1\n```', sqlOnly({ allow: [] }))).toBe('[code block]');
  });

  it('can block, without repeating the code', async () => {
    expect(await redacted('a\n```sh\nhunter2\n```', sqlOnly({ onFail: 'block' }))).toEqual({
      action: 'block',
      reason: 'there is a code block at line 2, column 1',
    });
  });

  it.each([
    [{}, 'give one of `allow` and `refuse`'],
    [{ allow: ['sql'], refuse: ['sh'] }, 'give one of `allow` and `refuse`'],
    [{ refuse: [] }, "give such as ['python', 'shell']"],
    [{ allow: 'sql' }, "give such as ['python', 'shell']"],
  ])('refuses %j', (options, message) => {
    expect(() => codeGuardrail({ name: 'code', ...(options as object) })).toThrow(message);
  });

  it('takes little time for texts made to take long', async () => {
    for (const part of [
      '<a',
      '<a="',
      "<a='>",
      '```\n',
      '~~~js\n',
      '`<',
      '<script',
      '<?=',
      '> - ',
      '<a onx',
      '\n',
    ])
      await redacted(part.repeat(10_000));
    const pieces = Array.from({ length: 200 }, () => '<a'.repeat(250));
    expect(streamThrough(sqlOnly(), pieces).join('')).not.toContain('>');
  });

  it('shows a stream up to where code may begin', () => {
    const pieces = [
      'See',
      ':\n',
      '``',
      '`sh\nrm',
      '\n```',
      '\nor\n```sql\n1\n',
      '```\n',
      'so <',
      'b>x</b',
      '>.',
    ];
    expect(streamThrough(sqlOnly(), pieces).join('|')).toBe(
      'See|:||||\n[code block]\nor||\n```sql\n1\n```\nso |<b>x</b|>.',
    );
  });

  it('shows the beginning of what the whole is redacted to, however a stream is cut', async () => {
    const parts = '```|~~~|`|\n|sh|sql| |> |- |1. |<script>|</script>|<|>|<a |onx=|"|\'|<?php |?>|x'.split(
      '|',
    );
    const pieces = fc
      .tuple(
        fc.array(fc.constantFrom(...parts), { maxLength: 14 }),
        fc.array(fc.nat({ max: 9 }), { maxLength: 12 }),
      )
      .map(([chosen, lengths]) => {
        const text = chosen.join('');
        const ends = lengths.map((_, i) => lengths.slice(0, i + 1).reduce((sum, length) => sum + length, 0));
        return [0, ...ends].map((start, i) => text.slice(start, ends[i]));
      });
    await fc.assert(
      fc.asyncProperty(pieces, (cut) => expectSafeStream(sqlOnly({ replace: () => '·' }), cut)),
      { numRuns: 1_000 },
    );
  });
});
