import { AiworkError } from '@aiwork/core';
import { closestMatch } from 'leven';

/** The command line asks for something that cannot be done as written. */
export function usageError(message: string): AiworkError {
  return new AiworkError('AIWORK_USAGE', message);
}

/** That there is no `typed` among `known`, with the name that it is a likely slip of, or all where they are few. */
export function noSuch(what: string, typed: string, known: readonly string[]): AiworkError {
  const near = closestMatch(typed, known, { maxDistance: Math.ceil(typed.length * 0.4) });
  if (near !== undefined) return usageError(`there is no ${what} "${typed}": did you mean "${near}"?`);
  const few = known.length <= 12 ? `: there is ${known.join(', ')}` : '';
  return usageError(`there is no ${what} "${typed}"${few}`);
}
