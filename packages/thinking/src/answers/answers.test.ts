import { describe, expect, it } from 'vitest';
import type { Candidate } from '../candidate.ts';
import { answerKey, finalAnswer } from './final-answer.ts';
import { countVotes, leadSafety } from './votes.ts';

describe('the final answer', () => {
  it.each([
    ['what follows Answer:', 'First 3.\nAnswer: 4', '4'],
    ['the last of several', 'Answer: 3\nNo, wait.\nAnswer: 4', '4'],
    ['without emphasis', '**Final Answer:** *Paris*', 'Paris'],
    ['in a heading', '### Answer: 12', '12'],
    ['what follows Answer: on the next line', 'Answer:\n\n**4**\n', '4'],
    ['nothing that says nothing', 'Answer: 4\nAnswer:', '4'],
    ['what is boxed', 'So $\\boxed{42}$.', '42'],
    ['what is boxed, with its braces', 'So \\boxed{\\frac{1}{2}}, not \\boxed{1', '\\frac{1}{2}'],
    ['Answer: rather than a box', '\\boxed{1}\nAnswer: 2', '2'],
    ['all of it where nothing says', ' Paris ', 'Paris'],
    ['no word in the middle of a line', 'The answer: is not here. 5', 'The answer: is not here. 5'],
  ])('is %s', (_, text, answer) => {
    expect(finalAnswer(text)).toBe(answer);
  });
});

it.each([
  ['line breaks', `${'\n'.repeat(200_000)}x`],
  ['blanks behind an answer', `Answer: a${' '.repeat(200_000)}b`],
  ['blanks before an answer', `${' '.repeat(200_000)}answer`],
  ['full stops', `a${'.'.repeat(200_000)}b`],
  ['boxes', '\\boxed{'.repeat(20_000)],
])('is found at once behind many %s', (_, text) => {
  const began = performance.now();
  answerKey(finalAnswer(text));
  // By looking at the rest of the text at each place, it would take minutes.
  expect(performance.now() - began).toBeLessThan(10_000);
});

describe('the key of an answer', () => {
  it.each([
    ['1,024', '1024.0'],
    ['$12.50', '12.5'],
    ['9,007,199,254,740,993', '09007199254740993.0'],
    ['Paris.', '"paris"'],
    ['{"b": 1, "a": [1, 2]}', '{"a":[1,2],"b":1.0}'],
    ['a  b\nc', 'A b c'],
  ])('is the same for %j and %j', (a, b) => {
    expect(answerKey(a)).toBe(answerKey(b));
  });

  it.each([
    ['1024', '1025'],
    ['{"a":1}', '{"a":2}'],
    ['[1,2]', '[2,1]'],
    ['', '0'],
    ['1,2', '12'],
    ['9007199254740993', '9007199254740992'],
    ['9007199254740993', '-9007199254740993'],
    ['-5', '5'],
  ])('differs for %j and %j', (a, b) => {
    expect(answerKey(a)).not.toBe(answerKey(b));
  });
});

describe('votes', () => {
  const candidate = (key: string, i: number): Candidate => ({
    id: `1.${i}`,
    round: 1,
    text: key,
    answer: key,
    key,
    parents: [],
  });

  it('go to the most said, of equals to the first', () => {
    const camps = countVotes(['b', 'a', 'a', 'b', 'c'].map(candidate));
    expect(camps.map(({ key, votes }) => `${key}${votes}`)).toEqual(['b2', 'a2', 'c1']);
    expect(camps[1]?.candidate.id).toBe('1.1');
  });

  it.each([
    [0, 0, 0.5],
    [1, 1, 0.5],
    [2, 0, 0.875],
    [3, 0, 0.9375],
    [4, 0, 0.96875],
    [3, 1, 0.8125],
    [40, 0, 1],
  ])('of %i against %i make a lead safe by %f', (leader, runnerUp, safety) => {
    expect(leadSafety(leader, runnerUp)).toBeCloseTo(safety, 6);
  });
});
