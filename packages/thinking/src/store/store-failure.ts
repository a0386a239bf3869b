import { AiworkError } from '@aiwork/core';

/** Of PostgreSQL and of SQLite. */
const isOf = (error: unknown, code: string, message: RegExp) => {
  const { code: own, message: text = '' } = error as { readonly code?: unknown; readonly message?: string };
  return own === code || message.test(text);
};

export const isDuplicate = (error: unknown) => isOf(error, '23505', /UNIQUE constraint failed/);
export const isWithoutSession = (error: unknown) => isOf(error, '23503', /FOREIGN KEY constraint failed/);

/** Of SQLite, while another process writes. */
export const isBusy = (error: unknown) => isOf(error, '', /database is locked/);

/** What the database threw, in the form of all else. It names no value that was given to it. */
export function toStoreFailure(error: unknown, what: string): AiworkError {
  if (AiworkError.isInstance(error)) return error;
  const { code } = error as { readonly code?: unknown };
  const busy = isBusy(error);
  return new AiworkError(
    busy ? 'AIWORK_STORE_BUSY' : 'AIWORK_STORE_FAILED',
    `${what} failed${typeof code === 'string' ? ` (${code})` : ''}: ${busy ? 'other processes kept it locked; try again' : 'see the cause'}`,
    { cause: error, retryable: busy, outcome: 'unknown' },
  );
}

export const sessionNotFound = (id: string) =>
  new AiworkError('AIWORK_SESSION_NOT_FOUND', `there is no session "${id}": create it first`, {
    outcome: 'not-applied',
  });
