/** What is wrong with a value: in which part of it, and what. */
export interface RuleProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Tells what is wrong with a value; nothing when it can be used. */
export type Rule = (value: unknown) => RuleProblem | undefined;

const unless = (isRight: boolean, message: string): RuleProblem | undefined =>
  isRight ? undefined : { path: [], message };

export const text: Rule = (value) => unless(typeof value === 'string' && value !== '', 'is no text');

export const count: Rule = (value) =>
  unless(Number.isSafeInteger(value) && Number(value) >= 1, 'is no whole number of 1 or more');

export const one =
  (...values: readonly string[]): Rule =>
  (value) =>
    unless(typeof value === 'string' && values.includes(value), `is none of ${values.join(', ')}`);

export const listOf =
  (rule: Rule, least: 0 | 1): Rule =>
  (value) => {
    if (!Array.isArray(value) || value.length < least)
      return { path: [], message: least === 0 ? 'is no list' : 'is no list of one or more' };
    return firstProblem(value.entries(), rule);
  };

export const mapOf =
  (rule: Rule): Rule =>
  (value) => {
    if (!isMap(value) || Object.keys(value).length === 0)
      return { path: [], message: 'holds no keys and values' };
    return firstProblem(Object.entries(value), rule);
  };

/** What whoever uses the value looks at itself. */
export const anything: Rule = () => undefined;

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function firstProblem(
  entries: Iterable<readonly [string | number, unknown]>,
  rule: Rule,
): RuleProblem | undefined {
  for (const [key, value] of entries) {
    const problem = rule(value);
    if (problem) return { path: [key, ...problem.path], message: problem.message };
  }
  return undefined;
}
