import { describe, expect, it } from 'vitest';
import { checkText } from '../check-text.fixture.ts';
import { jsonRepairGuardrail } from './json-repair-guardrail.ts';

const repair = jsonRepairGuardrail({ name: 'repair' });

describe('jsonRepairGuardrail', () => {
  it.each(['{"a":1}', ' [1, 2]\n', '"text"', 'null'])('passes %j as it is', async (text) => {
    expect(await checkText(repair, text)).toEqual({ action: 'pass' });
  });

  it.each([
    ["{'a': 1,}", { a: 1 }],
    ['```json\n{"a": 1}\n```', { a: 1 }],
    ['Here you are: {"a": 1}. Anything else?', { a: 1 }],
    ['{a: "b", // why\n c: True}', { a: 'b', c: true }],
    ['{"a": [1, 2', { a: [1, 2] }],
    ['{"a": "cut of', { a: 'cut of' }],
    ['[1 2 3]', [1, 2, 3]],
  ])('makes JSON of %j', async (text, value) => {
    const verdict = await checkText(repair, text);
    expect(verdict).toMatchObject({ action: 'redact', reason: 'repaired the JSON' });
    expect(verdict.action === 'redact' && JSON.parse(verdict.text)).toEqual(value);
  });

  it.each(['no JSON at all', '', 'hunter2'])('asks again for %j, without repeating it', async (text) => {
    const verdict = await checkText(repair, text);
    expect(verdict).toMatchObject({
      action: 'retry',
      feedback: expect.stringMatching(/^the text is not JSON: .* at line 1, column \d+$/),
    });
  });

  it('passes what is still coming', async () => {
    const { signal } = new AbortController();
    expect(await repair.check({ text: '{"a', final: false }, { signal })).toEqual({ action: 'pass' });
  });

  it('goes down no deeper than it is told to', async () => {
    expect(await checkText(repair, `${'['.repeat(200_000)}1,`)).toMatchObject({ action: 'retry' });
    const flat = jsonRepairGuardrail({ name: 'flat', maxDepth: 1, onFail: 'block' });
    expect(await checkText(flat, '{a: [1]}')).toMatchObject({ action: 'block' });
  });
});
