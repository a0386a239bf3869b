import type { Guardrail, GuardrailContext, GuardrailInput, Schema, Verdict } from '@aiwork/core';
import { DeadlineExceeded, withDeadline } from './deadline.ts';
import { describeError } from './describe-error.ts';
import {
  checkOptions,
  duration,
  type GuardrailOptions,
  oneOf,
  refuse,
  wholeNumber,
} from './guardrail-options.ts';
import { parseJson } from './json/parse-json.ts';
import { describeProblems, type Problem } from './json/schema-problems.ts';
import { block, fail, type OnFail, pass, tooLong } from './verdict.ts';

/** @since 0.1.0 */
export interface SchemaGuardrailOptions extends GuardrailOptions {
  /** A schema of any library that follows Standard Schema: Zod, Valibot, ArkType and others. */
  readonly schema: Schema;
  /** Whether the schema is shown what the text says as `json`, or the `text` itself. Default `json`. */
  readonly as?: 'json' | 'text';
  /** What happens with text that is not JSON or does not fit. Default `block`. */
  readonly onFail?: OnFail;
  /** Most levels of arrays and objects in each other. Default 100. */
  readonly maxDepth?: number;
  /** Most milliseconds an asynchronous schema may take before the text is blocked. Default 10,000. */
  readonly timeoutMs?: number;
}

/**
 * Checks a text with a schema of your validation library. The reason lists each issue with its path, or line and column of
 * what is not JSON. The text itself passes as it is: what the schema would make of it is not used. While a text is still
 * being streamed it passes.
 *
 * The library's regular expressions run on JavaScript's own engine. Where a pattern may backtrack badly use
 * {@link jsonSchemaGuardrail}.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when an option cannot be used.
 * @example
 * ```ts
 * import { schemaGuardrail } from '@aiwork/guardrails';
 * import { z } from 'zod';
 *
 * const rating = schemaGuardrail({
 *   name: 'rating',
 *   schema: z.object({ stars: z.number().min(1).max(5) }),
 *   onFail: 'retry',
 * });
 * const { signal } = new AbortController();
 * console.log(await rating.check({ text: '{ "stars": "5" }', final: true }, { signal }));
 * // { action: 'retry', feedback: 'the JSON does not fit its schema: at /stars: Invalid input: expected number, received string' }
 * ```
 * @since 0.1.0
 */
export function schemaGuardrail(options: SchemaGuardrailOptions): Guardrail {
  const { name, on, maxTextBytes } = checkOptions(options);
  const onFail = oneOf(options.onFail ?? 'block', ['block', 'retry'], 'onFail', name);
  const as = oneOf(options.as ?? 'json', ['json', 'text'], 'as', name);
  const maxDepth = wholeNumber(options.maxDepth ?? 100, 'maxDepth', name);
  const timeoutMs = duration(options.timeoutMs ?? 10_000, 'timeoutMs', name);
  const standard = options.schema?.['~standard'];
  if (typeof standard?.validate !== 'function')
    refuse(`the schema of guardrail "${name}" does not follow Standard Schema`);

  return Object.freeze({
    name,
    on,
    async check({ text, final }: GuardrailInput, { signal }: GuardrailContext): Promise<Verdict> {
      signal.throwIfAborted();
      const long = tooLong(text, maxTextBytes);
      if (long) return long;
      if (!final) return pass;
      const parsed = as === 'json' ? parseJson(text, maxDepth) : { value: text };
      if ('problem' in parsed) return fail(onFail, parsed.problem);
      try {
        const { issues } = await withDeadline(() => standard.validate(parsed.value), { timeoutMs, signal });
        return issues ? fail(onFail, describeProblems(issues.map(toProblem), as)) : pass;
      } catch (error) {
        signal.throwIfAborted();
        return block(
          `its schema ${error instanceof DeadlineExceeded ? error.message : `threw ${describeError(error)}`}`,
        );
      }
    },
  });
}

type Result = Awaited<ReturnType<Schema['~standard']['validate']>>;
type Issue = NonNullable<Result['issues']>[number];

function toProblem({ message, path = [] }: Issue): Problem {
  const keys = path.map((part) => String(typeof part === 'object' ? part.key : part));
  return { path: keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''), message };
}
