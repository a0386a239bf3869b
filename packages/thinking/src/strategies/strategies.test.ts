import { AiworkError } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { rule } from '../evaluators/rule.ts';
import { answers, isCritic, isJudged, modelOf, watched } from '../model.fixture.ts';
import type { Strategy } from '../strategy.ts';
import { think } from '../think.ts';
import type { ThinkingEvent } from '../thinking-event.ts';
import { adaptiveRefinement } from './adaptive-refinement.ts';
import { bestOf } from './best-of.ts';
import { debate } from './debate.ts';
import { judgedVote } from './judged-vote.ts';
import { refinement } from './refinement.ts';
import { sampling } from './sampling.ts';
import { selfConsistency } from './self-consistency.ts';
import { selfRefine } from './self-refine.ts';
import { treeOfThoughts } from './tree-of-thoughts.ts';

async function run(strategy: Strategy, model: ReturnType<typeof answers>) {
  const { events, options } = watched({ model, strategy });
  const thought = await think('2 + 2?', options);
  return { ...thought, events, calls: model.requests.length };
}

const proposed = (events: readonly ThinkingEvent[]) =>
  events.flatMap((event) => (event.type === 'alternative.proposed' ? [event] : []));
const alternatives = (events: readonly ThinkingEvent[]) =>
  events.flatMap((event) => (event.type === 'round.started' ? [event.alternatives] : []));

it('sampling asks once', async () => {
  expect(await run(sampling(), answers(['5']))).toMatchObject({ answer: '5', stopped: 'finished', calls: 1 });
});

describe('self-consistency', () => {
  it('stops when enough agree', async () => {
    const { answer, stopped, calls } = await run(selfConsistency(), answers(['4']));
    expect({ answer, stopped, calls }).toEqual({ answer: '4', stopped: 'converged', calls: 4 });
  });

  it('draws as many more as make the lead safe, if they agree', async () => {
    const { answer, stopped, calls } = await run(selfConsistency(), answers(['5', '4']));
    expect({ answer, stopped, calls }).toEqual({ answer: '4', stopped: 'converged', calls: 7 });
  });

  it('keeps what most say when they do not agree', async () => {
    const { answer, stopped, calls } = await run(
      selfConsistency({ samples: 5 }),
      answers(['1', '2', '3', '2', '1']),
    );
    expect({ answer, stopped, calls }).toEqual({ answer: '1', stopped: 'finished', calls: 5 });
  });

  it('draws no more when nothing can change the vote', async () => {
    const { calls } = await run(selfConsistency({ samples: 5, confidence: 0.97 }), answers(['1']));
    expect(calls).toBe(5);
    expect(
      (await run(selfConsistency({ samples: 6, confidence: 0.93 }), answers(['1', '1', '2', '1', '1', '1'])))
        .calls,
    ).toBe(6);
  });

  it('draws all at once when nothing is safe enough', async () => {
    const { calls, events } = await run(selfConsistency({ samples: 3, confidence: 1 }), answers(['1']));
    expect({ calls, rounds: alternatives(events) }).toEqual({ calls: 3, rounds: [3] });
  });
});

describe('best-of', () => {
  it('keeps what the judge prefers in both orders', async () => {
    expect(await run(bestOf({ alternatives: 3 }), answers(['5', '4', '5'], '4'))).toMatchObject({
      answer: '4',
      calls: 5,
    });
  });

  it('asks no judge when all say the same', async () => {
    expect(await run(bestOf({ alternatives: 3 }), answers(['4']))).toMatchObject({
      stopped: 'converged',
      calls: 3,
    });
  });

  it('lets votes decide between equal scores', async () => {
    const model = answers(['5', '4', '4']);
    expect((await run(bestOf({ alternatives: 3, evaluator: rule('any', () => true) }), model)).answer).toBe(
      '4',
    );
  });
});

describe('an evaluator', () => {
  const failing = (error: Error) =>
    rule('far away', () => {
      throw error;
    });

  it('that is away says nothing, and the votes decide', async () => {
    const away = new AiworkError('AIWORK_AWAY', 'nobody answers', { retryable: true });
    const { answer, events } = await run(
      bestOf({ alternatives: 3, evaluator: failing(away) }),
      answers(['5', '4', '4']),
    );
    expect(answer).toBe('4');
    expect(events).toContainEqual({
      type: 'question.lost',
      id: '1.far away',
      round: 1,
      reason: 'nobody answers',
    });
  });

  it('that is broken ends the thinking', async () => {
    const broken = failing(new TypeError('x is undefined'));
    await expect(run(bestOf({ evaluator: broken }), answers(['5', '4']))).rejects.toThrow('x is undefined');
  });
});

describe('refinement', () => {
  it('shows each round the best so far, and keeps what is judged better', async () => {
    const { answer, events, rounds } = await run(
      refinement({ rounds: 2, alternatives: 1 }),
      answers(['5', '4', '3'], '4'),
    );
    expect({ answer, rounds }).toEqual({ answer: '4', rounds: 3 });
    expect(proposed(events).map(({ parents }) => parents)).toEqual([[], ['1.1'], ['2.1']]);
  });

  it('always takes as many rounds and alternatives', async () => {
    const { events, calls } = await run(refinement(), answers(['4']));
    expect({ calls, rounds: alternatives(events) }).toEqual({ calls: 10, rounds: [1, 3, 3, 3] });
  });

  it('keeps what it has when the judge cannot say', async () => {
    expect((await run(refinement({ rounds: 1 }), answers(['5', '4']))).answer).toBe('5');
  });
});

describe('adaptive refinement', () => {
  it('takes three samples that agree, and no judge', async () => {
    const { answer, stopped, calls } = await run(adaptiveRefinement(), answers(['4']));
    expect({ answer, stopped, calls }).toEqual({ answer: '4', stopped: 'converged', calls: 3 });
  });

  it('takes more the less they agree', async () => {
    const contested = await run(adaptiveRefinement(), answers(['1', '2', '3', '1', '2', '3', '1', '2', '3']));
    const easier = await run(adaptiveRefinement(), answers(['1', '2', '1', '1', '1', '1']));
    expect(contested.calls).toBeGreaterThan(easier.calls);
    expect(easier.calls).toBeGreaterThan(3);
  });

  it('shows a later round what is contested, and asks fewer the safer the lead is', async () => {
    const none = rule('none', () => 0);
    const { events } = await run(
      adaptiveRefinement({ samples: 4, alternatives: 3, evaluator: none }),
      answers(['1', '1', '2', '1', '2', '1']),
    );
    const [samples, first] = alternatives(events);
    expect([samples, first]).toEqual([3, 2]);
    expect(proposed(events).find(({ round }) => round === 2)?.parents).toEqual(['1.1', '1.3']);
  });

  it('stops when a round gains nothing', async () => {
    const model = answers(['1', '2', '1', '2', '2', '1', '3']);
    const { rounds, stopped } = await run(
      adaptiveRefinement({ samples: 4, rounds: 9, alternatives: 2, evaluator: rule('none', () => 0) }),
      model,
    );
    expect(stopped).toBe('converged');
    expect(rounds).toBeLessThan(5);
  });

  it('counts what the evaluator says as votes', async () => {
    const options = { samples: 2, rounds: 0, evaluator: rule('is 4', ({ answer }) => answer === '4') };
    expect((await run(adaptiveRefinement(options), answers(['5', '4']))).answer).toBe('4');
    expect(
      (await run(adaptiveRefinement({ ...options, evaluatorVotes: 0 }), answers(['5', '4']))).answer,
    ).toBe('5');
  });
});

describe('a judged vote', () => {
  it('takes two that agree, and asks no judge', async () => {
    const { stopped, calls } = await run(judgedVote(), answers(['4']));
    expect({ stopped, calls }).toEqual({ stopped: 'converged', calls: 2 });
  });

  it('lets a judge who is sure outvote two', async () => {
    const { answer, calls } = await run(judgedVote({ samples: 4 }), answers(['5', '4', '5', '3'], '4'));
    expect({ answer, calls }).toEqual({ answer: '4', calls: 6 });
  });

  it('is a vote where the judge says nothing', async () => {
    expect((await run(judgedVote({ samples: 4 }), answers(['5', '4', '5', '3']))).answer).toBe('5');
  });
});

describe('self-refine', () => {
  const critical = (critiques: readonly string[], given: readonly string[]) => {
    let said = 0;
    let next = 0;
    return modelOf((request) => {
      if (!isCritic(request)) return `Answer: ${given[next++]}`;
      return critiques[said++] ?? 'No mistakes.';
    });
  };

  it('ends when the critic finds nothing', async () => {
    expect(await run(selfRefine(), critical([], ['4']))).toMatchObject({ stopped: 'converged', calls: 2 });
  });

  it('revises by what the critic says', async () => {
    const model = critical(['Count again.'], ['5', '4']);
    const { answer, events } = await run(selfRefine(), model);
    expect(answer).toBe('4');
    expect(model.requests[2]?.messages.at(-1)?.content).toContain('<critique>\nCount again.\n</critique>');
    expect(events).toContainEqual({
      type: 'alternative.criticised',
      id: '1.1',
      round: 1,
      critique: 'Count again.',
    });
  });

  it('goes on for so many rounds at most', async () => {
    const model = critical(Array(9).fill('Again.'), [...'123456789']);
    expect(await run(selfRefine({ rounds: 2 }), model)).toMatchObject({
      answer: '3',
      stopped: 'finished',
      calls: 5,
    });
  });
});

describe('tree of thoughts', () => {
  it('takes only the most promising thoughts further', async () => {
    const large = rule('large', ({ answer }) => Number(answer) / 100);
    const { answer, events } = await run(
      treeOfThoughts({ branches: 2, beam: 1, depth: 2, evaluator: large }),
      answers(['10', '20', '30', '25', '40', '35']),
    );
    expect(answer).toBe('40');
    expect(proposed(events).map(({ parents }) => parents[0])).toEqual([
      undefined,
      undefined,
      '1.2',
      '1.2',
      '2.1',
      '2.1',
    ]);
  });

  it('ends when a level agrees', async () => {
    const strategy = treeOfThoughts({ branches: 2, beam: 1, depth: 5, evaluator: rule('any', () => true) });
    expect(await run(strategy, answers(['1', '2', '4']))).toMatchObject({
      answer: '4',
      stopped: 'converged',
      rounds: 2,
    });
  });
});

describe('debate', () => {
  it('ends when all agree', async () => {
    expect(await run(debate(), answers(['4']))).toMatchObject({ stopped: 'converged', calls: 3 });
    expect(await run(debate(), answers(['4', '5', '4', '4']))).toMatchObject({
      stopped: 'converged',
      calls: 6,
    });
  });

  it('shows each the others, and its own as its own', async () => {
    const model = answers(['4', '5', '4']);
    await run(debate({ debaters: 2, rounds: 1 }), model);
    const shown = model.requests[2]?.messages.at(-1)?.content;
    expect(shown).toMatch(
      /You gave this answer:\s+<answer-1>\nAnswer: 4\n<\/answer-1>\s+Others gave these:\s+<answer-1>\nAnswer: 5/,
    );
  });

  it('lets a debater whose reply is lost keep to what it said', async () => {
    const model = modelOf((_, call) =>
      call === 4 ? new Error('gone') : `Answer: ${[4, 5, 4, 0, 5, 4][call - 1]}`,
    );
    expect((await run(debate({ rounds: 1 }), model)).answer).toBe('4');
  });

  it('keeps what most say when they never agree', async () => {
    expect(await run(debate({ rounds: 1 }), answers(['4', '5', '4', '4', '5', '4']))).toMatchObject({
      answer: '4',
      stopped: 'finished',
    });
  });
});

describe('options', () => {
  it.each([
    ['samples of selfConsistency', () => selfConsistency({ samples: 0 })],
    ['confidence of selfConsistency', () => selfConsistency({ confidence: 2 })],
    ['alternatives of bestOf', () => bestOf({ alternatives: 1.5 })],
    ['rounds of refinement', () => refinement({ rounds: 0 })],
    ['minGain of adaptiveRefinement', () => adaptiveRefinement({ minGain: Number.NaN })],
    ['debaters of debate', () => debate({ debaters: 1 })],
    ['depth of treeOfThoughts', () => treeOfThoughts({ depth: 65 })],
    ['rounds of selfRefine', () => selfRefine({ rounds: -1 })],
  ])('out of range are refused: %s', (what, make) => {
    expect(make).toThrow(
      expect.objectContaining({ code: 'AIWORK_INVALID_ARGUMENT', message: expect.stringContaining(what) }),
    );
  });
});

it('asks judges only where there is something to judge', async () => {
  const model = answers(['4']);
  await run(treeOfThoughts({ depth: 1 }), model);
  expect(model.requests.filter(isJudged)).toHaveLength(0);
});
