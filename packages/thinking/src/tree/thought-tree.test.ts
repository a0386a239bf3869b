import { expect, it } from 'vitest';
import { answers, modelOf } from '../model.fixture.ts';
import { bestOf } from '../strategies/best-of.ts';
import { selfRefine } from '../strategies/self-refine.ts';
import type { Strategy } from '../strategy.ts';
import { think } from '../think.ts';
import { growTree, noThoughts } from './thought-tree.ts';

async function treeOf(strategy: Strategy, model: ReturnType<typeof answers>, budget = {}) {
  let tree = noThoughts;
  const onEvent = (event: Parameters<typeof growTree>[1]) => {
    tree = growTree(tree, event);
  };
  await think('2 + 2?', { model, strategy, budget, onEvent });
  return tree;
}

it('has each alternative with its answer, score and why it was kept', async () => {
  const tree = await treeOf(bestOf({ alternatives: 2 }), answers(['5', '4'], '4'));
  expect(tree).toMatchObject({
    question: '2 + 2?',
    strategy: 'best-of',
    best: '1.2',
    finished: { answer: '4', stopped: 'finished' },
  });
  expect(tree.rounds).toMatchObject([
    {
      round: 1,
      nodes: [
        { id: '1.1', state: 'proposed', answer: '5', score: { score: 0 } },
        {
          id: '1.2',
          state: 'proposed',
          answer: '4',
          score: { score: 1 },
          kept: 'the judge preferred it in both orders',
        },
      ],
    },
  ]);
});

it('has what was lost and what the budget refused', async () => {
  const model = modelOf((_, call) => (call === 1 ? new Error('gone') : 'Answer: 4'));
  const tree = await treeOf(bestOf({ alternatives: 3 }), model, { modelCalls: 2 });
  expect(tree.rounds[0]?.nodes.map(({ state }) => state)).toEqual(['lost', 'proposed', 'lost']);
  expect(tree.rounds[0]?.nodes[0]?.reason).toBe('gone');
  expect(tree.refused).toBe('modelCalls');
});

it('has from what an alternative was made, and what the critic said', async () => {
  const model = modelOf(
    (_, call) => ['Answer: 5', 'Count again.', 'Answer: 4', 'No mistakes.'][call - 1] ?? '',
  );
  const tree = await treeOf(selfRefine(), model);
  expect(tree.rounds[0]?.nodes[0]?.critique).toBe('Count again.');
  expect(tree.rounds[1]?.nodes[0]?.parents).toEqual(['1.1']);
});

it('begins anew when the thinking does', async () => {
  const tree = await treeOf(bestOf(), answers(['4']));
  const again = growTree(tree, { type: 'thinking.started', question: '?', strategy: 's', model: 'm' });
  expect(again).toEqual({ question: '?', strategy: 's', model: 'm', rounds: [] });
});
