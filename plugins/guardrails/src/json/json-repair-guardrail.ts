import type { Guardrail, GuardrailContext, GuardrailInput, Verdict } from '@aiwork/core';
import { jsonrepair } from 'jsonrepair';
import { checkOptions, type GuardrailOptions, oneOf, wholeNumber } from '../guardrail-options.ts';
import { fail, type OnFail, pass, tooLong } from '../verdict.ts';
import { parseJson } from './parse-json.ts';

/** @since 0.1.0 */
export interface JsonRepairGuardrailOptions extends GuardrailOptions {
  /** What happens with text of which no JSON can be made. Default `retry`. */
  readonly onFail?: OnFail;
  /** Most levels of arrays and objects in each other. Default 100. */
  readonly maxDepth?: number;
}

/**
 * Makes JSON of what a model wrote for it: without the words and the fence around it, with the quotes, commas and closing
 * brackets that are missing. Put it before a guardrail with a schema: what is repaired need not be what was meant. While a
 * text is still being streamed it passes.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when an option cannot be used.
 * @example
 * ```ts
 * import { guardrailChain, jsonRepairGuardrail, jsonSchemaGuardrail } from '@aiwork/guardrails';
 *
 * const schema = { type: 'object', properties: { total: { type: 'number' } }, required: ['total'] } as const;
 * const invoice = guardrailChain({
 *   name: 'invoice',
 *   guardrails: [jsonRepairGuardrail({ name: 'repair' }), jsonSchemaGuardrail({ name: 'schema', schema })],
 * });
 * const { signal } = new AbortController();
 * console.log(await invoice.check({ text: "Here it is: { 'total': 12, }", final: true }, { signal }));
 * // { action: 'redact', text: '{ "total": 12 }', reason: '"repair": repaired the JSON' }
 * ```
 * @since 0.1.0
 */
export function jsonRepairGuardrail(options: JsonRepairGuardrailOptions): Guardrail {
  const { name, on, maxTextBytes } = checkOptions(options);
  const onFail = oneOf(options.onFail ?? 'retry', ['block', 'retry'], 'onFail', name);
  const maxDepth = wholeNumber(options.maxDepth ?? 100, 'maxDepth', name);
  return Object.freeze({
    name,
    on,
    check({ text, final }: GuardrailInput, { signal }: GuardrailContext): Verdict {
      signal.throwIfAborted();
      const long = tooLong(text, maxTextBytes);
      if (long) return long;
      if (!final) return pass;
      const parsed = parseJson(text, maxDepth);
      if (!('problem' in parsed)) return pass;
      const repaired = repair(text, maxDepth);
      if (repaired === undefined) return fail(onFail, parsed.problem);
      return { action: 'redact', text: repaired, reason: 'repaired the JSON' };
    },
  });
}

function repair(text: string, maxDepth: number): string | undefined {
  const start = text.search(/[{[]/);
  if (start === -1 || deepest(text, start) > maxDepth) return undefined;
  const end = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']')) + 1;
  // What is cut off has no end of its own.
  for (const candidate of [text.slice(start, end), text.slice(start)]) {
    const repaired = attempt(candidate);
    if (repaired !== undefined && !('problem' in parseJson(repaired, maxDepth))) return repaired;
  }
  return undefined;
}

function attempt(text: string): string | undefined {
  try {
    return jsonrepair(text);
  } catch {
    // Its message repeats a piece of the text.
    return undefined;
  }
}

/** How deep brackets may be in each other at most, strings not looked at: what repairs goes down for each. */
function deepest(text: string, start: number): number {
  let depth = 0;
  let most = 0;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at];
    if (char === '{' || char === '[') depth += 1;
    else if ((char === '}' || char === ']') && depth > 0) depth -= 1;
    most = Math.max(most, depth);
  }
  return most;
}
