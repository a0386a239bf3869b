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
export async function checkAnswer(
  floor: Floor,
  { turn, text, shown }: Turn,
  ctx: UnitContext,
): Promise<Checked> {
  const screened = await screen(floor.guardrails, { stage: 'output', turn }, text, ctx);
  if ('feedback' in screened) return { feedback: screened.feedback };
  showRest(screened.text, shown, ctx);
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

/**
 * Shows the rest of what a model said before it called tools, where guardrails have let some of it go. What they would not
 * let pass as an answer stays unseen.
 */
export async function showRemark(floor: Floor, { turn, text, shown }: Turn, ctx: UnitContext): Promise<void> {
  if (
    shown === undefined ||
    floor.guardrails.some(({ on, streaming }) => on.includes('output') && !streaming)
  )
    return;
  try {
    const screened = await screen(floor.guardrails, { stage: 'output', turn }, text, ctx);
    if ('text' in screened) showRest(screened.text, shown, ctx);
  } catch (error) {
    if (!AiworkError.isInstance(error) || error.code !== 'AIWORK_GUARDRAIL_BLOCKED') throw error;
  }
}

function showRest(text: string, shown: string | undefined, ctx: UnitContext): void {
  if (shown === undefined || shown === text) return;
  if (text.startsWith(shown)) ctx.delta(text.slice(shown.length));
  else ctx.log.warn('a guardrail let something be shown that its verdict does not: the rest is not shown');
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
