import { type ChatChunk, type ChatModel, type ChatRequest, estimateTokens } from '@aiwork/core';
import { randomNumbers } from '../random-numbers.ts';
import type { CheckedTask } from './tasks/checked-task.ts';

/** How often a simulated model is right, and how it goes wrong. All are probabilities. */
export interface ErrorRates {
  /** That an answer is right where nothing is shown, of an easy, a middling and a hard question. */
  readonly right: readonly number[];
  /** That a wrong answer is the one that most come to, rather than any. */
  readonly commonSlip: number;
  /** That an answer follows one that it is shown, rather than being found anew. */
  readonly follows: number;
  /** That, between right and wrong ones, a right one is followed or judged the best. */
  readonly discerns: number;
  /** That a judge names what stands first, whatever it is. */
  readonly prefersFirst: number;
  /** That a critic finds nothing to say, of a right and of a wrong answer. */
  readonly approves: { readonly right: number; readonly wrong: number };
}

export interface SimulatedModelOptions {
  readonly task: CheckedTask;
  /** Which of the rates for right answers holds. */
  readonly difficulty: number;
  readonly rates: ErrorRates;
  readonly seed: number;
}

/**
 * Not a model: a simulation with stated error rates, which answers one question. It understands what it is asked only as far
 * as it needs to: whether it is shown answers, and whether to judge or criticise them.
 */
export function simulatedModel({ task, difficulty, rates, seed }: SimulatedModelOptions): ChatModel {
  const random = randomNumbers(seed);
  const happens = (probability: number) => random() < probability;
  const any = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const { right, wrong } = task.known;
  const isRight = (answer: string) => right.includes(answer);

  function fresh(): string {
    if (happens(rates.right[difficulty] ?? 0)) return any(right);
    return happens(rates.commonSlip) ? (wrong[0] ?? '') : any(wrong);
  }

  /** Which of several, as far as it can tell them apart. */
  function prefer(shown: readonly string[]): number {
    const ofRight = shown.flatMap((answer, i) => (isRight(answer) ? [i] : []));
    const ofWrong = shown.flatMap((answer, i) => (isRight(answer) ? [] : [i]));
    if (ofRight.length === 0 || ofWrong.length === 0) return any([...shown.keys()]);
    return any(happens(rates.discerns) ? ofRight : ofWrong);
  }

  function reply({ messages }: ChatRequest): string {
    const asked = messages.at(-1)?.content ?? '';
    const shown = [...asked.matchAll(/<answer-\d+>\n(.*?)\n<\/answer-\d+>/gs)].map(
      ([, text = '']) => /Answer: (.*)$/m.exec(text)?.[1] ?? '',
    );
    if (asked.includes('"Best: "')) return `Best: ${happens(rates.prefersFirst) ? 1 : prefer(shown) + 1}`;
    if (asked.includes('say only: No mistakes')) {
      const { approves } = rates;
      return happens(isRight(shown[0] ?? '') ? approves.right : approves.wrong)
        ? 'No mistakes.'
        : 'A step is wrong.';
    }
    const isFollowing = shown.length > 0 && happens(rates.follows);
    return `Answer: ${isFollowing ? shown[prefer(shown)] : fresh()}`;
  }

  return {
    id: 'simulated',
    async *stream(request): AsyncGenerator<ChatChunk> {
      const text = reply(request);
      // Reasons, which are not written out here, take more than a verdict does.
      const reasoning = text.startsWith('Answer: ') ? 200 : 80;
      const outputTokens = Math.round(reasoning * (0.6 + 0.8 * random())) + Math.ceil(text.length / 3);
      yield { type: 'text', text };
      yield {
        type: 'usage',
        inputTokens: estimateTokens(request.messages) + hiddenReasoning(request),
        outputTokens,
      };
      yield { type: 'done', reason: 'stop' };
    },
  };
}

const tokensOfReasoning = 200;

/** A real answer that is shown brings its reasons with it. */
function hiddenReasoning({ messages }: ChatRequest): number {
  const shown = messages.at(-1)?.content.match(/<answer-\d+>/g) ?? [];
  return shown.length * tokensOfReasoning;
}
