import type { Duration, JsonSchema, WireSchema } from '@aiwork/core';
import { toMilliseconds } from '@aiwork/core';

/** What somebody who asks may limit. @since 0.1.0 */
export interface AskedBudget {
  readonly tokens?: number;
  readonly modelCalls?: number;
  /** US dollars. The price of the model has to be known. */
  readonly cost?: number;
  readonly wallTime?: Duration;
}

/** What {@link thinkTask} takes. @since 0.1.0 */
export interface ThinkInput {
  readonly question: string;
  /** The name of a strategy. Default: that of the task. */
  readonly strategy?: string;
  /**
   * Id of a session to ask in: what was said in it goes before the question, and what is thought is kept in it. One that is
   * not there is made.
   */
  readonly session?: string;
  /** Never more than the task allows. */
  readonly budget?: AskedBudget;
}

const maxQuestionLength = 100_000;
/** As stores take them. */
export const maxSessionLength = 500;
const duration = { type: ['integer', 'string'], description: 'Milliseconds, or as in 30s or 5m.' };

/** What {@link ThinkInput} looks like as JSON. */
export function thinkInputJsonSchema(strategies: readonly string[]): JsonSchema {
  return questionJsonSchema(strategies, {
    session: { type: 'string', minLength: 1, maxLength: maxSessionLength },
  });
}

/** The same where there are no sessions to ask in. */
export function questionJsonSchema(strategies: readonly string[], others: object = {}): JsonSchema {
  return {
    type: 'object',
    required: ['question'],
    additionalProperties: false,
    properties: {
      question: { type: 'string', minLength: 1, maxLength: maxQuestionLength },
      strategy: { type: 'string', enum: strategies },
      budget: {
        type: 'object',
        additionalProperties: false,
        properties: {
          tokens: { type: 'integer', minimum: 1 },
          modelCalls: { type: 'integer', minimum: 1 },
          cost: { type: 'number', exclusiveMinimum: 0, description: 'In US dollars.' },
          wallTime: duration,
        },
      },
      ...others,
    },
  };
}

interface Problem {
  readonly message: string;
  readonly path: readonly string[];
}

/** A schema that takes only the strategies there are. */
export function thinkInputSchema(strategies: readonly string[]): WireSchema<ThinkInput> {
  const described = thinkInputJsonSchema(strategies) as Record<string, unknown>;
  return {
    '~standard': {
      version: 1,
      vendor: 'aiwork',
      validate(value) {
        const issues = problemsOf(value, strategies);
        return issues.length > 0 ? { issues } : { value: value as ThinkInput };
      },
      jsonSchema: { input: () => described, output: () => described },
    },
  };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function problemsOf(value: unknown, strategies: readonly string[]): readonly Problem[] {
  if (!isObject(value)) return [{ message: 'give an object with a question', path: [] }];
  const { question, strategy, session, budget = {}, ...others } = value;
  const problems: Problem[] = Object.keys(others).map((key) => ({
    message: 'there is no such option',
    path: [key],
  }));
  if (typeof question !== 'string' || question.trim() === '' || question.length > maxQuestionLength) {
    problems.push({ message: `give a text of 1 to ${maxQuestionLength} characters`, path: ['question'] });
  }
  if (strategy !== undefined && !strategies.includes(strategy as string)) {
    problems.push({ message: `give one of: ${strategies.join(', ')}`, path: ['strategy'] });
  }
  if (session !== undefined && !isSessionId(session)) {
    problems.push({
      message: `give 1 to ${maxSessionLength} characters, none of control`,
      path: ['session'],
    });
  }
  return [...problems, ...budgetProblems(budget)];
}

const isSessionId = (value: unknown) =>
  typeof value === 'string' &&
  value !== '' &&
  value.length <= maxSessionLength &&
  value.isWellFormed() &&
  !/\p{Cc}/u.test(value);

function budgetProblems(budget: unknown): readonly Problem[] {
  if (!isObject(budget)) return [{ message: 'give an object', path: ['budget'] }];
  return Object.entries(budget).flatMap(([key, amount]): readonly Problem[] => {
    const path = ['budget', key];
    if (key === 'wallTime')
      return isDuration(amount) ? [] : [{ message: 'give a time such as 30s or 5m', path }];
    if (key === 'cost')
      return isMoney(amount) ? [] : [{ message: 'give US dollars, a number above 0', path }];
    if (key !== 'tokens' && key !== 'modelCalls') return [{ message: 'there is no such limit', path }];
    const isCount = Number.isInteger(amount) && (amount as number) >= 1;
    return isCount ? [] : [{ message: 'give a whole number of 1 or more', path }];
  });
}

const isMoney = (amount: unknown) => typeof amount === 'number' && Number.isFinite(amount) && amount > 0;

function isDuration(value: unknown): value is Duration {
  try {
    toMilliseconds(value as Duration);
    return true;
  } catch {
    return false;
  }
}
