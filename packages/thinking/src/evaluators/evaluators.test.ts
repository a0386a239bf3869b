import type { Embedder } from '@aiwork/core';
import { scriptedChatModel } from '@aiwork/core/testing';
import { describe, expect, it } from 'vitest';
import type { Candidate } from '../candidate.ts';
import { answers, modelOf } from '../model.fixture.ts';
import type { Evaluator, Inquiry } from '../strategy.ts';
import { calibrateJudge } from './calibrate-judge.ts';
import { composite } from './composite.ts';
import { judge } from './judge.ts';
import { rule } from './rule.ts';
import { similarity } from './similarity.ts';

const candidates = (...texts: string[]): readonly Candidate[] =>
  texts.map((text, i) => ({ id: `1.${i + 1}`, round: 1, text, answer: text, key: text, parents: [] }));

async function score(
  evaluator: Evaluator,
  given: readonly Candidate[],
  replies: readonly (string | undefined)[] = [],
) {
  const asked: Inquiry[] = [];
  const ask = async (inquiry: Inquiry) => {
    asked.push(inquiry);
    return replies[asked.length - 1];
  };
  const scores = await evaluator.score(given, {
    question: '2 + 2?',
    ask,
    signal: new AbortController().signal,
  });
  return { asked, scores, values: scores.map((each) => each.score) };
}

describe('a judge', () => {
  const three = candidates('a', 'b', 'c');

  it('is shown the candidates in both orders', async () => {
    const { asked, values } = await score(judge(), three, ['Best: 1', 'Best: 3']);
    const orders = asked.map(({ messages }) =>
      [...(messages[1]?.content.matchAll(/>\n(\w)\n</g) ?? [])].map(([, text]) => text),
    );
    expect(orders).toEqual([
      ['a', 'b', 'c'],
      ['c', 'b', 'a'],
    ]);
    expect(values).toEqual([1, 0, 0]);
  });

  it('that prefers a place prefers nothing', async () => {
    expect((await score(judge(), candidates('a', 'b'), ['Best: 1', 'Best: 1'])).values).toEqual([0.5, 0.5]);
  });

  it.each([['Reasons.\n**Best: 2**'], ['best:  answer-2'], ['Best: 1? No.\nBest: #2']])(
    'is understood when it says %j',
    async (reply) => {
      expect((await score(judge(), three, [reply, 'Best: 2'])).values).toEqual([0, 1, 0]);
    },
  );

  it.each([['nothing of use'], ['Best: 9'], ['Best: 0'], [undefined]])(
    'that says %j says nothing',
    async (reply) => {
      expect((await score(judge(), three, [reply, reply])).scores).toEqual([]);
    },
  );

  it('with one answer of two counts half', async () => {
    expect((await score(judge(), three, ['Best: 2', undefined])).values).toEqual([0, 0.5, 0]);
  });

  it('is not asked about a single candidate', async () => {
    expect((await score(judge(), candidates('a'))).asked).toEqual([]);
  });

  it('that is calibrated says how likely it is right', async () => {
    const calibration = { examples: 10, consistency: 1, accuracy: 0.8, firstPreferred: 0.5 };
    const { values } = await score(judge({ calibration }), three, ['Best: 1', 'Best: 3']);
    expect(values.map((value) => value.toFixed(2))).toEqual(['0.80', '0.10', '0.10']);
  });
});

describe('calibration', () => {
  const examples = [1, 2, 3, 4].map((n) => ({
    question: `${n}?`,
    better: `Answer: yes ${n}`,
    worse: `Answer: no ${n}`,
  }));

  it('finds a judge that is right', async () => {
    const model = answers([], 'yes');
    expect(await calibrateJudge({ model, examples })).toEqual({
      examples: 4,
      consistency: 1,
      accuracy: 5 / 6,
      firstPreferred: 0.5,
    });
  });

  it('finds one that prefers what stands first', async () => {
    const model = modelOf(() => 'Best: 1');
    expect(await calibrateJudge({ model, examples })).toEqual({
      examples: 4,
      consistency: 0,
      accuracy: 0.5,
      firstPreferred: 1,
    });
  });

  it('finds one that is always wrong', async () => {
    expect((await calibrateJudge({ model: answers([], 'no'), examples })).accuracy).toBeCloseTo(1 / 6);
  });

  it('needs examples', async () => {
    await expect(calibrateJudge({ model: scriptedChatModel([]), examples: [] })).rejects.toMatchObject({
      code: 'AIWORK_INVALID_ARGUMENT',
    });
  });
});

describe('a rule', () => {
  it('scores by what its program says', async () => {
    const length = rule('short', async ({ text }) => (text.length === 1 ? true : 1 / text.length));
    expect((await score(length, candidates('a', 'abcd'))).scores).toEqual([
      { id: '1.1', score: 1, why: 'short: yes' },
      { id: '1.2', score: 0.25, why: 'short: 0.25' },
    ]);
  });

  it.each([Number.NaN, 2, -1])('may not say %f', async (value) => {
    await expect(
      score(
        rule('odd', () => value),
        candidates('a'),
      ),
    ).rejects.toThrow(`rule "odd" gave ${value}`);
  });
});

describe('similarity', () => {
  /** Counts of letters; two texts a call. */
  const calls: number[] = [];
  const embedder: Embedder = {
    id: 'letters',
    capabilities: {
      dimensions: 3,
      maxTexts: 2,
      maxTokens: 99,
      normalized: false,
      asymmetric: false,
      tolerance: 0,
    },
    async embed(texts) {
      calls.push(texts.length);
      const vectors = texts.map((text) =>
        Float32Array.from('abc', (letter) => text.split(letter).length - 1),
      );
      return { vectors, tokens: 0, truncated: [] };
    },
    close: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };

  it('prefers what is nearest to all others', async () => {
    const { values } = await score(similarity({ embedder }), candidates('aab', 'ab', 'c'));
    expect(values[1]).toBeCloseTo(values[0] ?? 0, 5);
    expect(values[2]).toBe(0);
    expect(Math.max(...calls)).toBe(2);
  });

  it('prefers what is nearest to a reference', async () => {
    const { values } = await score(similarity({ embedder, references: ['c', 'bb'] }), candidates('ab', 'cc'));
    expect(values.map((value) => value.toFixed(2))).toEqual(['0.71', '1.00']);
  });

  it('says nothing of a single one without references', async () => {
    expect((await score(similarity({ embedder }), candidates('a'))).scores).toEqual([]);
  });
});

describe('a composite', () => {
  const of = (name: string, scores: Record<string, number>) => rule(name, ({ text }) => scores[text] ?? 0);

  it('is the weighted mean', async () => {
    const evaluator = composite([
      { evaluator: of('x', { a: 1, b: 0 }) },
      { evaluator: of('y', { a: 0, b: 1 }), weight: 3 },
    ]);
    expect(evaluator.name).toBe('x + y');
    expect((await score(evaluator, candidates('a', 'b'))).values).toEqual([0.25, 0.75]);
  });

  it('refuses what scores too little in a part, and asks later parts nothing about it', async () => {
    const seen: string[] = [];
    const second = rule('second', ({ text }) => {
      seen.push(text);
      return 0.5;
    });
    const evaluator = composite([{ evaluator: of('gate', { a: 1 }), minScore: 1 }, { evaluator: second }]);
    expect((await score(evaluator, candidates('a', 'b'))).scores).toEqual([
      { id: '1.1', score: 0.75, why: 'gate: yes; second: 0.50' },
      { id: '1.2', score: 0, why: 'gate: no' },
    ]);
    expect(seen).toEqual(['a']);
  });

  it('leaves out what no part says anything of', async () => {
    expect((await score(composite([{ evaluator: judge() }]), candidates('a', 'b'), [])).scores).toEqual([]);
  });

  it.each([[[]], [[{ evaluator: judge(), weight: 0 }]]])('refuses %j', (parts) => {
    expect(() => composite(parts)).toThrow(expect.objectContaining({ code: 'AIWORK_INVALID_ARGUMENT' }));
  });
});
