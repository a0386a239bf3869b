import type { ThoughtNode, ThoughtTree } from '@aiwork/thinking';
import { describe, expect, it } from 'vitest';
import { treeLines } from './tree-lines.ts';

const plain = (_: unknown, text: string) => text;
const node = (id: string, more: Partial<ThoughtNode> = {}): ThoughtNode => ({
  id,
  round: Number(id.split('.')[0]),
  parents: [],
  state: 'proposed',
  ...more,
});
const tree: ThoughtTree = {
  question: '2 + 2?',
  strategy: 'best-of',
  model: 'm',
  best: '1.2',
  rounds: [
    {
      round: 1,
      why: 'the best of 3',
      nodes: [
        node('1.1', { answer: '5', score: { id: '1.1', score: 0, why: '' } }),
        node('1.2', {
          answer: 'four\n\u001b[31m!',
          score: { id: '1.2', score: 1, why: '' },
          kept: 'judged the best',
        }),
        node('1.3', { state: 'lost', reason: 'the line is dead' }),
      ],
    },
    { round: 2, why: 'again', nodes: [node('2.1', { state: 'asked', parents: ['1.1', '1.2'] })] },
  ],
};
const usage = { inputTokens: 1200, outputTokens: 34, cost: 0.01, modelCalls: 6 };

describe('the lines of a tree', () => {
  it('show each alternative, what it was made from, and why it leads', () => {
    expect(treeLines(tree, { paint: plain, height: 20, frame: 0 })).toEqual([
      'best-of with m',
      'Round 1: the best of 3',
      '  · 1.1 5  0.00',
      '  ✔ 1.2 four !  1.00  ★ judged the best',
      '  ✖ 1.3 lost: the line is dead',
      'Round 2: again',
      '  ⠋ 2.1 ← 1.1, 1.2',
    ]);
  });

  it('show what was used at the end', () => {
    const over: ThoughtTree = {
      ...tree,
      refused: 'tokens',
      finished: { answer: '4', stopped: 'budget', usage },
    };
    expect(treeLines(over, { paint: plain, height: 20 }).slice(-2)).toEqual([
      'the budget is used up: tokens',
      'budget · 6 calls · 1,234 tokens · $0.0100',
    ]);
  });

  it('fit where there is less room, the last ones first', () => {
    const lines = treeLines(tree, { paint: plain, height: 4, frame: 0 });
    expect(lines).toEqual(['best-of with m', '… 4 lines before', 'Round 2: again', '  ⠋ 2.1 ← 1.1, 1.2']);
  });

  it('are none before anything is known', () => {
    expect(treeLines({ ...tree, strategy: '', rounds: [] }, { paint: plain, height: 4 })).toEqual([]);
  });
});
