import type { FieldProblem } from '@aiwork/client';
import { AiworkError, type Schema } from '@aiwork/core';
import { pointerToken } from './pointer-token.ts';

const problems = new WeakMap<AiworkError, readonly FieldProblem[]>();

/** Which fields an error of {@link checkInput} is about. */
export const fieldProblemsOf = (error: AiworkError) => problems.get(error);

/**
 * Refuses a part of a body that its schema refuses.
 *
 * @throws `AIWORK_INVALID_INPUT`, which is about fields.
 */
export async function checkInput(
  schema: Schema,
  value: unknown,
  { what, pointer }: { readonly what: string; readonly pointer: string },
): Promise<void> {
  const { issues } = await schema['~standard'].validate(value);
  if (!issues) return;
  const errors = issues.map(({ message, path = [] }) => ({
    pointer: [pointer, ...path.map(tokenOf)].join('/'),
    detail: message,
  }));
  const texts = errors.map(({ pointer, detail }) => `${pointer}: ${detail}`);
  const error = new AiworkError('AIWORK_INVALID_INPUT', `${what} is invalid: ${texts.join('; ')}`, {
    outcome: 'not-applied',
  });
  problems.set(error, errors);
  throw error;
}

const tokenOf = (part: PropertyKey | { readonly key: PropertyKey }) =>
  pointerToken(String(typeof part === 'object' ? part.key : part));
