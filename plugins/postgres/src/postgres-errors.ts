import { AiworkError, type ErrorCode } from '@aiwork/core';

export type Outcome = 'not-applied' | 'unknown';

interface Explanation {
  readonly code: ErrorCode;
  readonly advice: string;
  readonly retryable: boolean;
}

const failed = (advice: string): Explanation => ({ code: 'AIWORK_STORE_FAILED', advice, retryable: false });
const mayPass = (advice: string): Explanation => ({ ...failed(advice), retryable: true });
const busy = (advice: string): Explanation => ({ code: 'AIWORK_STORE_BUSY', advice, retryable: true });

/** By SQLSTATE, or how it begins: the first that fits. */
const explanations: readonly (readonly [start: string, explanation: Explanation])[] = [
  [
    '28',
    failed('it refused the user name or password, or lets nobody in from here: check them and pg_hba.conf'),
  ],
  ['3D000', failed('it has no database of this name: create it, or give another in the URL')],
  ['42501', failed('its user may not do that: grant what the README lists')],
  ['42P01', failed('a table is gone: open the memory anew, which makes it')],
  ['40', busy('others changed the same documents: try again')],
  ['55P03', busy('others hold a lock: try again')],
  [
    '57014',
    busy('it took longer than commandTimeoutMs, or an operator ended it: ask for less, or raise that'),
  ],
  ['57', mayPass('it is starting, stopping or was killed: try again in a moment')],
  ['53', mayPass('it has no room or no connection left: check its disk and max_connections')],
  ['25006', mayPass('it is a replica, which takes no writes: connect to the primary')],
  [
    '54',
    {
      code: 'AIWORK_LIMIT_EXCEEDED',
      advice: 'a text has more words than PostgreSQL indexes: split it into smaller documents',
      retryable: false,
    },
  ],
];

/** What the server ended a connection with, or what says too little to know whether a statement was done. */
const inDoubt = /^(57P|08|25P0[34]|58|XX)/;

/** By SQLSTATE: how severe it is comes in the language of the server. */
function serverState(error: unknown): string | undefined {
  return error instanceof Error && 'severity' in error && 'code' in error ? String(error.code) : undefined;
}

/** Whether the server refused a statement, and with it all of its transaction, and goes on. */
export function isRefusal(error: unknown): boolean {
  const state = serverState(error);
  return state !== undefined && !inDoubt.test(state);
}

/** The SQLSTATE that an error of this package came from. */
export function stateOf(error: unknown): string | undefined {
  if (!AiworkError.isInstance(error) || !(error.cause instanceof Error)) return undefined;
  return 'code' in error.cause ? String(error.cause.code) : undefined;
}

const explain = (state: string) => explanations.find(([start]) => state.startsWith(start))?.[1];

/** Classes whose messages quote no value that was given. */
const quotesNothing = /^(08|28|3D|3F|42|53|55|57|58)/;

/** The error that may be shown: `pg` hangs rows and texts on its own, as `detail` and others. */
function bare(error: unknown): Error {
  const { message, code } = error as { readonly message?: unknown; readonly code?: unknown };
  const state = serverState(error);
  const says =
    state && !quotesNothing.test(state) ? `SQLSTATE ${state}` : String(message || code || 'failed');
  return Object.assign(new Error(says), code === undefined ? {} : { code });
}

/** The server refused a statement, which is as if it had never come. */
export function refusedBy(where: string, what: string, error: unknown): AiworkError {
  const cause = bare(error);
  const said = explain(serverState(error) ?? '');
  return new AiworkError(
    said?.code ?? 'AIWORK_STORE_FAILED',
    `${where} did not ${what}${said ? `: ${said.advice}` : ''} (PostgreSQL says: ${cause.message})`,
    { cause, retryable: said?.retryable ?? false, outcome: 'not-applied' },
  );
}

/** No connection, so nothing was sent. */
export function unreachable(where: string, error: unknown): AiworkError {
  const cause = bare(error);
  const said = explain(serverState(error) ?? '');
  const advice = said?.advice ?? 'check that it runs and that the address is right';
  return new AiworkError(
    said?.code ?? 'AIWORK_STORE_FAILED',
    `${where} cannot be reached: ${advice} (${cause.message})`,
    { cause, retryable: said?.retryable ?? true, outcome: 'not-applied' },
  );
}

/** It was sent and no reply came. */
export function replyLost(where: string, what: string, outcome: Outcome, error: unknown): AiworkError {
  const cause = bare(error);
  const effect = outcome === 'unknown' ? 'whether it was done is not known' : 'nothing was changed';
  return new AiworkError(
    'AIWORK_STORE_FAILED',
    `${where} was asked to ${what} and gave no answer: ${effect} (${cause.message})`,
    { cause, retryable: true, outcome },
  );
}
