import type { UnitContext } from '../engine/unit-context.ts';
import { AiworkError } from '../errors.ts';
import { validate } from '../schema.ts';
import type { Floor } from './floor.ts';
import { screen } from './guardrails.ts';
import type { Turn } from './turn.ts';

/** An answer, or what is wrong with it. */
export type Checked = { readonly answer: unknown } | { readonly feedback: string };

/**
 * Checks what a model gives as its last word: first the guardrails, then the output schema.
 *
 * @throws `AIWORK_GUARDRAIL_BLOCKED`.
 */
export async function checkAnswer(floor: Floor, { text, unseen }: Turn, ctx: UnitContext): Promise<Checked> {
  const screened = await screen(floor.guardrails, 'output', text, ctx);
  if ('feedback' in screened) return { feedback: screened.feedback };
  if (unseen && screened.text !== '') ctx.delta(screened.text);
  const { output } = floor.agent.options;
  if (!output) return { answer: screened.text };
  try {
    const what = `answer of agent "${floor.agent.id}"`;
    const value = parseAnswer(screened.text, what);
    return { answer: await validate(output, value, { code: 'AIWORK_INVALID_OUTPUT', what }) };
  } catch (error) {
    if (!AiworkError.isInstance(error) || error.code !== 'AIWORK_INVALID_OUTPUT') throw error;
    return {
      feedback: `${error.message}. Answer again, with JSON that follows the schema and nothing else.`,
    };
  }
}

/** Models like to put JSON in a Markdown fence. */
const fence = /^\s*```(?:json)?[^\S\n]*\n([\s\S]*)\n\s*```\s*$/;

function parseAnswer(text: string, what: string): unknown {
  try {
    return JSON.parse(fence.exec(text)?.[1] ?? text);
  } catch (cause) {
    throw new AiworkError('AIWORK_INVALID_OUTPUT', `${what} is not JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
}
