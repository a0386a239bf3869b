import type { ChatModel } from '@aiwork/core';
import { refinement, think } from '@aiwork/thinking';
import { median } from '../measure.ts';
import { atMost, type Findings } from '../report.ts';

export interface OverheadEffort {
  readonly rounds: number;
  readonly repeats: number;
}

const instant: ChatModel = {
  id: 'instant',
  async *stream({ messages }) {
    const isJudge = messages.at(-1)?.content.includes('"Best: "');
    yield { type: 'text', text: isJudge ? 'Best: 1' : `Answer: ${Math.random()}` };
    yield { type: 'usage', inputTokens: 1, outputTokens: 1 };
    yield { type: 'done', reason: 'stop' };
  },
};

/** What the engine itself takes for a round of three alternatives and two verdicts, with a model that takes no time. */
export async function overhead({ rounds, repeats }: OverheadEffort): Promise<Findings> {
  const strategy = refinement({ rounds, alternatives: 3 });
  const times: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    const start = performance.now();
    await think('?', { model: instant, strategy, budget: { tokens: 1e9 }, onEvent: () => {} });
    times.push((performance.now() - start) / rounds);
  }
  const value = median(times);
  const work = 'engine, a round of three alternatives and two verdicts';
  return {
    rows: [{ work, subject: '@aiwork/thinking', metric: 'time a round', value, unit: 'ms' }],
    targets: [atMost('engine', 'time a round', value, 1, 'ms')],
  };
}
