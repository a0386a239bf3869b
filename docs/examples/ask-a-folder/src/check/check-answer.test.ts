import { describe, expect, it } from 'vitest';
import type { Answer, Source } from '../answer/answer.ts';
import { calm } from '../testing/folder.fixture.ts';
import { checkAnswer } from './check-answer.ts';

const source = (number: number, text: string): Source => ({
  number,
  passage: {
    path: 'a.md',
    headings: ['Leases'],
    blocks: [{ kind: 'prose', text, line: 1, headings: ['Leases'] }],
  },
  quoted: [],
  at: [],
  why: { sentence: text, words: [] },
});

const sources = [source(1, 'A lease lasts 30 seconds.'), source(2, 'Workers renew it in time.')];
const answer = (...statements: Answer['statements']): Answer => ({ by: 'model', statements, sources });
const check = async (...statements: Answer['statements']) => checkAnswer(answer(...statements), calm);
const refusal = async (...statements: Answer['statements']) =>
  (await check(...statements)).checks.filter(({ outcome }) => outcome === 'refused');

describe('checkAnswer', () => {
  it('passes an answer whose statements cite what supports them', async () => {
    const given = answer(
      { text: 'A lease lasts 30 seconds.', cites: [1] },
      { text: 'Workers renew leases.', cites: [2] },
    );
    const checked = await checkAnswer(given, calm);
    expect(checked.answer).toEqual(given);
    expect(checked.checks).toEqual(
      ['secrets', 'length', 'cited', 'supported'].map((name) => ({ name, outcome: 'passed' })),
    );
  });

  it('passes the answer that there is none', async () => {
    expect(await refusal()).toEqual([]);
  });

  it.each([
    ['without a citation', { text: 'A lease lasts 30 seconds.', cites: [] }, 'cited', 'cites no passage'],
    ['with a citation of nothing', { text: 'A lease lasts 30 seconds.', cites: [9] }, 'cited', 'cites [9]'],
    [
      'its passage does not support',
      { text: 'Zebras graze quietly.', cites: [1] },
      'supported',
      '0 of its 3 words',
    ],
    ['with a number of its own', { text: 'A lease lasts 45 seconds.', cites: [1] }, 'supported', '“45”'],
  ])('refuses a statement %s', async (_, statement, name, detail) => {
    const refused = await refusal(statement);
    expect(refused[0]).toMatchObject({ name, detail: expect.stringContaining(detail) });
    expect((await check(statement)).answer).toMatchObject({ statements: [], sources: [] });
  });

  it('refuses an answer that goes on and on', async () => {
    const long = Array.from({ length: 90 }, () => ({ text: 'A lease lasts 30 seconds.', cites: [1] }));
    expect(await refusal(...long)).toMatchObject([{ name: 'length' }]);
  });

  it('takes secrets out of an answer', async () => {
    const token = `ghp_${'a1B2'.repeat(9)}`;
    const secret = {
      ...answer({ text: `The token is ${token}.`, cites: [1] }),
      sources: [source(1, 'The token is [redacted].')],
    };
    const { answer: cleaned, checks } = await checkAnswer(secret, calm);
    expect(cleaned.statements).toEqual([{ text: 'The token is [redacted].', cites: [1] }]);
    expect(checks[0]).toMatchObject({
      name: 'secrets',
      outcome: 'redacted',
      detail: expect.not.stringContaining(token),
    });
  });
});
