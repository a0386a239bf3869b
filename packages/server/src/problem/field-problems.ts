import type { FieldProblem } from '@aiwork/client';
import { AiworkError } from '@aiwork/core';
import { pointerToken } from './pointer-token.ts';

const places = new WeakMap<AiworkError, string>();

/** Remembers of an error that a schema made where in the body the value is, as a JSON Pointer; gives the error. */
export function placed(error: unknown, pointer: string): unknown {
  if (AiworkError.isInstance(error) && error.issues) places.set(error, pointer);
  return error;
}

/** Which fields of the body an error is about. */
export function fieldProblemsOf(error: AiworkError): readonly FieldProblem[] | undefined {
  const place = places.get(error);
  if (place === undefined) return undefined;
  return error.issues?.map(({ path, message }) => ({
    pointer: [place, ...path.map(pointerToken)].join('/'),
    detail: message,
  }));
}
