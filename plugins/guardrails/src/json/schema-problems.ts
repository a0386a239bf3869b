import type { ErrorObject } from 'ajv';
import { shorten } from '../describe-error.ts';

/** One thing wrong with a value: where, as a JSON pointer, and what. @internal */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

const shown = 10;
const longestPath = 200;
const longestMessage = 200;

/** One line for all problems; those beyond the tenth are counted. @internal */
export function describeProblems(problems: readonly Problem[], what: 'json' | 'text' = 'json'): string {
  const lines = problems
    .slice(0, shown)
    .map(({ path, message }) => `${where(path)}: ${shorten(message, longestMessage)}`);
  const more = problems.length - lines.length;
  return `the ${what === 'json' ? 'JSON' : 'text'} does not fit its schema: ${lines.join('; ')}${more === 0 ? '' : `; and ${more} more`}`;
}

/** @internal */
export function toProblem({ instancePath, keyword, message, params }: ErrorObject): Problem {
  const text = message ?? `fails "${keyword}"`;
  return { path: instancePath, message: addDetail(text, params) };
}

function addDetail(message: string, params: Readonly<Record<string, unknown>>): string {
  const extra = params['additionalProperty'] ?? params['unevaluatedProperty'] ?? params['propertyName'];
  if (typeof extra === 'string') return `${message}: ${quote(extra)}`;
  const allowed = params['allowedValues'];
  if (Array.isArray(allowed))
    return `${message}: ${allowed.map((value) => JSON.stringify(value)).join(', ')}`;
  if ('allowedValue' in params) return `${message}: ${JSON.stringify(params['allowedValue'])}`;
  return message;
}

// Keys come from the text that is checked: cut short and quoted, they cannot pass for words of the message.
const quote = (key: string) => JSON.stringify(shorten(key, 80));

function where(path: string): string {
  if (path === '') return 'at the root';
  return `at ${JSON.stringify(shorten(path, longestPath)).slice(1, -1)}`;
}
