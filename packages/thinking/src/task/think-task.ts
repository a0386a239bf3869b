import { AiworkError, type ChatModel, defineTask, type Task, toMilliseconds } from '@aiwork/core';
import type { ThinkingBudget } from '../budget/thinking-budget.ts';
import type { FitContextOptions } from '../context/fit-context.ts';
import { thinkAndKeep } from '../store/think-in-session.ts';
import { defaultStrategy } from '../strategies/default-strategy.ts';
import { namedStrategies } from '../strategies/named-strategies.ts';
import type { Strategy } from '../strategy.ts';
import { type ThinkOptions, type Thought, think } from '../think.ts';
import { sessionsOf } from './session-of-run.ts';
import { type AskedBudget, type ThinkInput, thinkInputSchema } from './think-input.ts';

/** The name of the `emitted` events of a run that thinks; their data is a {@link ThinkingEvent}. @since 0.1.0 */
export const thinkingEventName = 'thinking';

/** @since 0.1.0 */
export interface ThinkTaskOptions
  extends Pick<ThinkOptions, 'instructions' | 'temperature' | 'maxTokens' | 'finalAnswer' | 'answerKey'> {
  /** Default `think`. */
  readonly id?: string;
  /** A model, or the name of one a plugin provides. Default: the slot's default one. */
  readonly model?: ChatModel | string;
  /** What may be asked for by name; the first is the default. Default: {@link namedStrategies}. */
  readonly strategies?: readonly Strategy[];
  /** How much of a session goes with a question asked in it. Default: beside it, 8000 tokens of what is newest. */
  readonly context?: Omit<FitContextOptions, 'signal'>;
  /** The most that a run may use, whatever is asked for. Default 100,000 tokens, 200 calls and 10 minutes. */
  readonly budget?: ThinkingBudget;
}

const defaultBudget: ThinkingBudget = { tokens: 100_000, modelCalls: 200, wallTime: '10m' };

/**
 * Thinking as a task: run by an orchestrator, as a step of a flow, or served. Each event is an `emitted` event of the run,
 * each call one `model.called` with what it used, and each reply is in the journal: a run that is resumed goes on where it
 * was, and pays for no call twice. A question with a `session` goes on with what was said in it before: whoever starts the
 * run has sessions of its own, where a plugin keeps them in the slot `thinkingStore`.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when there is no strategy, or two share a name.
 * @example
 * ```ts
 * import { createOrchestrator } from '@aiwork/core';
 * import { scriptedChatModel } from '@aiwork/core/testing';
 * import { thinkTask } from '@aiwork/thinking';
 *
 * const task = thinkTask({ model: scriptedChatModel(['Answer: 4', 'Answer: 4']) });
 * await using ai = createOrchestrator();
 * const run = await ai.start(task, { question: '2 + 2?', budget: { tokens: 10_000 } });
 * console.log((await run.result()).answer); // 4
 * ```
 * @since 0.1.0
 */
export function thinkTask(options: ThinkTaskOptions = {}): Task<ThinkInput, Thought> {
  const {
    id = 'think',
    model,
    strategies = namedStrategies(),
    budget = defaultBudget,
    context,
    ...rest
  } = options;
  const names = strategies.map(({ name }) => name);
  if (names.length === 0 || new Set(names).size < names.length) {
    throw new AiworkError('AIWORK_INVALID_ARGUMENT', `task "${id}" has no strategy, or two of one name`);
  }
  return defineTask({
    id,
    input: thinkInputSchema(names),
    async run({ question, session, strategy: name, budget: asked }, ctx) {
      const thinking: ThinkOptions = {
        ...rest,
        model: typeof model === 'object' ? model : ctx.use('chatModel', model),
        strategy: strategies.find((strategy) => strategy.name === name) ?? strategies[0] ?? defaultStrategy(),
        budget: atMost(budget, asked),
        generate: (...asked) => ctx.generate(...asked),
        record: (call, effect) => ctx.once(call, effect),
        onEvent: (event) => ctx.emit(thinkingEventName, event),
        signal: ctx.signal,
      };
      if (session === undefined) return think(question, thinking);
      const store = await sessionsOf(ctx, session, question);
      const { thought } = await thinkAndKeep(question, {
        ...thinking,
        ...(context && { context }),
        store,
        sessionId: session,
        thoughtId: ctx.idempotencyKey,
      });
      return thought;
    },
  });
}

/** What is asked for, as far as it is allowed. */
function atMost(allowed: ThinkingBudget, asked: AskedBudget = {}): ThinkingBudget {
  const { tokens = asked.tokens, modelCalls = asked.modelCalls, wallTime = asked.wallTime } = allowed;
  const { cost = asked.cost } = allowed;
  return {
    ...allowed,
    ...(tokens !== undefined && { tokens: Math.min(tokens, asked.tokens ?? tokens) }),
    ...(modelCalls !== undefined && { modelCalls: Math.min(modelCalls, asked.modelCalls ?? modelCalls) }),
    ...(cost !== undefined && { cost: Math.min(cost, asked.cost ?? cost) }),
    ...(wallTime !== undefined && {
      wallTime: Math.min(toMilliseconds(wallTime), toMilliseconds(asked.wallTime ?? wallTime)),
    }),
  };
}
