import { AiworkError, type ErrorCode } from '@aiwork/core';
import { isUntrustedCertificate } from '@aiwork/core/adapter-kit';

type Outcome = 'not-applied' | 'unknown';

interface Explanation {
  readonly code: ErrorCode;
  readonly advice: string;
  readonly retryable: boolean;
  /** Default `not-applied`. */
  readonly outcome?: Outcome;
}

const busy = (advice: string): Explanation => ({ code: 'AIWORK_STORE_BUSY', advice, retryable: true });
const failed = (advice: string): Explanation => ({ code: 'AIWORK_STORE_FAILED', advice, retryable: false });
const mayPass = (advice: string): Explanation => ({ ...failed(advice), retryable: true });

/**
 * What servers refuse before anything was changed, by how their message begins. Scripts fit in because they read what
 * could fail before they write.
 */
const refusals: readonly (readonly [start: string, explanation: Explanation])[] = [
  ['LOADING', busy('it is loading its data: try again in a moment')],
  ['BUSY ', busy('a script of somebody else keeps it busy: try again, or end it with SCRIPT KILL')],
  ['MASTERDOWN', busy('it lost its master: try again when the failover is over')],
  ['CLUSTERDOWN', busy('the cluster does not cover all slots: check its nodes with CLUSTER INFO')],
  ['TRYAGAIN', busy('the cluster is moving the slot of this key: try again in a moment')],
  ['READONLY', mayPass('it is a replica, which takes no writes: connect to the master')],
  ['OOM', mayPass('it is out of memory: delete what is not needed, or raise maxmemory')],
  ['NOREPLICAS', mayPass('it has fewer replicas than min-replicas-to-write asks for: check the replicas')],
  ['MISCONF', mayPass('it cannot save to its disk and takes no writes: check its disk and its log')],
  ['ERR max number of clients', mayPass('it has too many clients: raise maxclients')],
  ['WRONGPASS', failed('it refused the user name or password: check them')],
  ['NOAUTH', failed('it wants a password: give one in the URL, or as client.password')],
  ['ERR AUTH', failed('it has no password set, or knows no users: check the user name and password')],
  ['ERR invalid password', failed('it refused the password: check it')],
  ['NOPERM', failed('its ACL does not let this user do it: allow what the README lists')],
  // A script may have written before it came to what it may not do.
  ...['ERR The user executing the script', 'The user executing the script'].map(
    (start) =>
      [
        start,
        {
          ...failed('its ACL does not let this user do it: allow what the README lists'),
          outcome: 'unknown',
        },
      ] as const,
  ),
  ['DENIED', failed('its protected mode lets in only who is on its machine: set a password there')],
  ['MOVED', failed('it is a node of a cluster: give cluster.nodes instead of url')],
  [
    'ERR unknown command',
    failed('it does not know a command: use Redis 6.2 or newer with no command renamed'),
  ],
  [
    'ERR Protocol error: invalid bulk length',
    {
      code: 'AIWORK_LIMIT_EXCEEDED',
      advice: 'a value is larger than its proto-max-bulk-len: make it smaller, or raise that',
      retryable: false,
    },
  ],
  ['ERR DB index is out of range', failed('it has no database of this number: give another in the URL')],
  ['ERR SELECT is not allowed in cluster mode', failed('a cluster has only database 0: give no other')],
];

const wrongType: Explanation = {
  code: 'AIWORK_CORRUPT_DATA',
  advice: 'a key holds what this package did not write: delete or rename it, or use another keyPrefix',
  retryable: false,
};

/** Redis 6.2 wraps what a command in a script was refused with. */
const inScript = /^ERR Error running script \(call to \w+\): @user_script:\d+: (?:@user_script: \d+: )?-?/;

function explain(message: string): Explanation | undefined {
  const reason = message.replace(inScript, '');
  return reason.startsWith('WRONGTYPE')
    ? wrongType
    : refusals.find(([start]) => reason.startsWith(start))?.[1];
}

/** Whether the server is a replica: the next connection may lead to the master. */
export function isReplica(error: Error): boolean {
  return error.message.replace(inScript, '').startsWith('READONLY');
}

/** Whether the server said that this client may not come in, which waiting does not change. */
export function isLockedOut(error: unknown): boolean {
  return /^(WRONGPASS|NOAUTH|NOPERM|ERR AUTH|ERR invalid password)/.test(messageOf(error));
}

/** Whether the server did nothing because it is still loading its data. */
export function isLoading(error: unknown): boolean {
  return messageOf(error).startsWith('LOADING');
}

/** Whether `error` says that this client may not, or cannot, use a command. */
export function isForbidden(error: unknown): boolean {
  return AiworkError.isInstance(error) && /^(NOPERM|ERR unknown command)/.test(messageOf(error.cause));
}

/** Whether the server does not know a script by its hash: it ran nothing. */
export function isUnknownScript(error: unknown): boolean {
  return messageOf(error).startsWith('NOSCRIPT');
}

/** What the server answered instead of a reply. `keys` are named where one of them has a wrong type. */
export function refusedBy(where: string, what: string, keys: readonly string[], error: unknown): AiworkError {
  const cause = withoutArguments(error);
  const explanation = explain(cause.message);
  const named = explanation === wrongType ? ` (one of ${shownKeys(keys)})` : '';
  const advice = explanation ? `: ${explanation.advice}${named}` : '';
  return new AiworkError(
    explanation?.code ?? 'AIWORK_STORE_FAILED',
    `${where} did not ${what}${advice} (Redis says: ${cause.message})`,
    {
      cause,
      retryable: explanation?.retryable ?? false,
      outcome: explanation ? (explanation.outcome ?? 'not-applied') : 'unknown',
    },
  );
}

const untrusted = mayPass(
  'its certificate is not accepted: check that it is valid for this name, and who signed it by client.tls.ca',
);

/** No connection, so nothing was sent. */
export function unreachable(where: string, waitedMs: number, error: unknown): AiworkError {
  const cause = error === undefined ? undefined : withoutArguments(error);
  const said = cause && (isUntrustedCertificate(cause.code) ? untrusted : explain(cause.message));
  const advice = said ? said.advice : 'check that it runs and that the address is right';
  const detail = cause ? ` (${cause.message})` : '';
  const waited = waitedMs > 0 ? ` within ${waitedMs} ms` : '';
  return new AiworkError(
    said?.code ?? 'AIWORK_STORE_FAILED',
    `${where} cannot be reached${waited}: ${advice}${detail}`,
    { cause, retryable: said?.retryable ?? true, outcome: 'not-applied' },
  );
}

/** It was sent and no reply came. */
export function replyLost(where: string, what: string, reason: string, outcome: Outcome): AiworkError {
  const effect = outcome === 'unknown' ? 'whether it was done is not known' : 'nothing was changed';
  return new AiworkError('AIWORK_STORE_FAILED', `${where} was asked to ${what} and ${reason}: ${effect}`, {
    retryable: true,
    outcome,
  });
}

/** Stored data that does not add up. */
export function corruptData(where: string, what: string, cause?: unknown): AiworkError {
  return new AiworkError('AIWORK_CORRUPT_DATA', `${where}: ${what}`, cause === undefined ? {} : { cause });
}

/** ioredis hangs the whole command on its errors, and with it passwords and values. */
function withoutArguments(error: unknown): Error & { readonly code?: string } {
  const { message = String(error), name = 'Error', code } = error as Error & { readonly code?: unknown };
  const bare = Object.assign(new Error(message), { name });
  return typeof code === 'string' ? Object.assign(bare, { code }) : bare;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}

function shownKeys(keys: readonly string[]): string {
  return keys
    .slice(0, 4)
    .map((key) => JSON.stringify(key.length > 120 ? `${key.slice(0, 120)}…` : key))
    .join(', ');
}
