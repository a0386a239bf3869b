import type { Guardrail, GuardrailContext, GuardrailInput, JsonSchema, Verdict } from '@aiwork/core';
import { checkOptions, type GuardrailOptions, oneOf, wholeNumber } from './guardrail-options.ts';
import { compileJsonSchema } from './json/compile-json-schema.ts';
import { parseJson } from './json/parse-json.ts';
import { describeProblems } from './json/schema-problems.ts';
import { block, fail, type OnFail, pass, tooLong } from './verdict.ts';

/** @since 0.1.0 */
export interface JsonSchemaGuardrailOptions extends GuardrailOptions {
  /** A JSON Schema of draft 2020-12. `$ref` may point into it; nothing is ever loaded. */
  readonly schema: JsonSchema | boolean;
  /**
   * Formats beside the known ones, each as a regular expression of JavaScript's syntax. A `format` that nobody knows is
   * refused at definition.
   */
  readonly formats?: Readonly<Record<string, string | RegExp>>;
  /** What happens with text that is not JSON or does not fit. Default `block`. */
  readonly onFail?: OnFail;
  /** Most levels of arrays and objects in each other. Default 100. */
  readonly maxDepth?: number;
  /**
   * Most steps the regular expressions of the schema (`pattern`, `patternProperties`, `format`) may take on one text, as
   * the size of each times the length of what it is tried on. Default 200,000,000, which takes some seconds at worst.
   */
  readonly maxPatternSteps?: number;
}

/**
 * Checks that a text is JSON and fits a JSON Schema (Ajv, draft 2020-12, with formats). The reason lists what is wrong with
 * its place: line and column for what is not JSON, a JSON pointer for what does not fit. Regular expressions run on a
 * linear-time engine. While a text is still being streamed it passes.
 *
 * The schema is compiled to code: take schemas from your own program only, never from a user or a model.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when an option or the schema cannot be used.
 * @example
 * ```ts
 * import { jsonSchemaGuardrail } from '@aiwork/guardrails';
 *
 * const order = jsonSchemaGuardrail({
 *   name: 'order',
 *   schema: {
 *     type: 'object',
 *     properties: { id: { type: 'string', format: 'uuid' }, count: { type: 'integer', minimum: 1 } },
 *     required: ['id', 'count'],
 *   },
 *   onFail: 'retry',
 * });
 * const { signal } = new AbortController();
 * console.log(await order.check({ text: '{ "count": 0 }', final: true }, { signal }));
 * // { action: 'retry', feedback: "the JSON does not fit its schema: at the root: must have required property 'id'; at /count: must be >= 1" }
 * ```
 * @since 0.1.0
 */
export function jsonSchemaGuardrail(options: JsonSchemaGuardrailOptions): Guardrail {
  const { name, on, maxTextBytes } = checkOptions(options);
  const onFail = oneOf(options.onFail ?? 'block', ['block', 'retry'], 'onFail', name);
  const maxDepth = wholeNumber(options.maxDepth ?? 100, 'maxDepth', name);
  const maxPatternSteps = wholeNumber(options.maxPatternSteps ?? 200_000_000, 'maxPatternSteps', name);
  const validate = compileJsonSchema(options.schema, {
    guardrail: name,
    formats: options.formats ?? {},
    maxPatternSteps,
  });

  return Object.freeze({
    name,
    on,
    check({ text, final }: GuardrailInput, { signal }: GuardrailContext): Verdict {
      signal.throwIfAborted();
      const long = tooLong(text, maxTextBytes);
      if (long) return long;
      if (!final) return pass;
      const parsed = parseJson(text, maxDepth);
      if ('problem' in parsed) return fail(onFail, parsed.problem);
      const validation = validate(parsed.value);
      if ('stopped' in validation) return block(validation.stopped);
      const { problems } = validation;
      return problems.length === 0 ? pass : fail(onFail, describeProblems(problems));
    },
  });
}
