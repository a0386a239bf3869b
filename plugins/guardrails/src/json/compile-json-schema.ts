import type { JsonSchema } from '@aiwork/core';
import type { Format } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { RegExpEngine } from 'ajv/dist/types/index.js';
import { describeError } from '../describe-error.ts';
import { refuse } from '../guardrail-options.ts';
import { namePatterns } from '../named-patterns.ts';
import { linearPattern } from '../pattern/linear-pattern.ts';
import { PatternError } from '../pattern/pattern-error.ts';
import { equalityKeywords } from './equality-keywords.ts';
import { type BoundedTest, safeFormats } from './safe-formats.ts';
import { type Problem, toProblem } from './schema-problems.ts';

/** @internal */
export interface CompileOptions {
  readonly guardrail: string;
  readonly formats: Readonly<Record<string, string | RegExp>>;
  readonly maxPatternSteps: number;
}

const draft = 'https://json-schema.org/draft/2020-12/schema';

class TooMuchWork extends Error {}

/** All that is wrong with a value, or why that could not be found out. @internal */
export type Validation = { readonly problems: readonly Problem[] } | { readonly stopped: string };

/**
 * Compiles a JSON Schema to a function that lists what is wrong with a value.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when the schema is malformed, of another draft or refers outside itself.
 * @internal
 */
export function compileJsonSchema(
  schema: JsonSchema | boolean,
  { guardrail, formats, maxPatternSteps }: CompileOptions,
): (value: unknown) => Validation {
  const what = `the schema of guardrail "${guardrail}"`;
  refuseSchema(schema, what);
  let steps = 0;
  // Checking the schema itself runs patterns too, and is nobody's attack.
  let limit = Number.POSITIVE_INFINITY;
  const test: BoundedTest = (pattern, text) => {
    steps += pattern.size * (text.length + 1);
    if (steps > limit) throw new TooMuchWork();
    return pattern.test(text);
  };
  const validate = compile(
    schema,
    { ...safeFormats(test), ...ownFormats(formats, test, guardrail) },
    test,
    what,
  );
  limit = maxPatternSteps;
  return (value) => {
    steps = 0;
    try {
      return { problems: validate(value) ? [] : (validate.errors ?? []).map(toProblem) };
    } catch (error) {
      if (!(error instanceof TooMuchWork)) return { stopped: `its schema threw ${describeError(error)}` };
      return {
        stopped: `the regular expressions of its schema would take more than ${limit} steps (maxPatternSteps)`,
      };
    }
  };
}

function compile(
  schema: JsonSchema | boolean,
  formats: Record<string, Format>,
  test: BoundedTest,
  what: string,
) {
  const ajv = new Ajv2020({
    allErrors: true,
    // An own `__proto__` is an ordinary property, and an inherited one is none.
    ownProperties: true,
    // A misspelt keyword or format must not go unnoticed; what else Ajv would warn of is style.
    strictSchema: true,
    logger: false,
    allowMatchingProperties: true,
    formats,
    code: { regExp: engine(test) },
  });
  for (const keyword of equalityKeywords) ajv.removeKeyword(keyword.keyword as string).addKeyword(keyword);
  try {
    return ajv.compile(typeof schema === 'boolean' ? schema : { ...schema });
  } catch (error) {
    return refuse(`${what} cannot be used: ${explain(error)}`, error);
  }
}

function ownFormats(
  formats: CompileOptions['formats'],
  test: BoundedTest,
  guardrail: string,
): Record<string, Format> {
  if (Object.keys(formats).length === 0) return {};
  const { names, compiled = [] } = namePatterns(formats, 'linear', guardrail);
  return Object.fromEntries(
    compiled.map((pattern, i) => [names[i] as string, (text: string) => test(pattern, text)]),
  );
}

function engine(test: BoundedTest): RegExpEngine {
  const compilePattern = (source: string, flags: string) => {
    const pattern = patternOf(source, flags);
    // Ajv tells patterns apart by their text.
    return { test: (text: string) => test(pattern, text), toString: () => `/${source}/${flags}` };
  };
  return Object.assign(compilePattern, { code: 'linearPattern' });
}

function patternOf(source: string, flags: string) {
  try {
    return linearPattern({ source, flags });
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new PatternError(`its pattern ${JSON.stringify(source)} ${error.message}`);
  }
}

function explain(error: unknown): string {
  const message = (error as Error).message.replace(' ignored in schema', '');
  if (message.startsWith('unknown format')) return `${message}. Give its pattern under \`formats\``;
  if ((error as { missingRef?: string }).missingRef === undefined) return message;
  return `${message}. Nothing is loaded: put what it refers to under its own $defs`;
}

function refuseSchema(schema: unknown, what: string): void {
  if (typeof schema === 'boolean') return;
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema))
    refuse(`${what} is no JSON Schema: give an object`);
  const { $schema, $async } = schema as { $schema?: unknown; $async?: unknown };
  if ($schema !== undefined && String($schema).replace(/#$/, '') !== draft) {
    refuse(`${what} is written for ${String($schema)}: this guardrail reads draft 2020-12, ${draft}`);
  }
  if ($async !== undefined) refuse(`${what} has $async, which is not part of JSON Schema: take it out`);
}
