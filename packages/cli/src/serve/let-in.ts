import type { Authenticator } from '@aiwork/server';
import { UsageError } from '../usage-error.ts';
import { openKeyFile } from './key-file.ts';
import type { ServerPackage } from './server-package.ts';

export interface LetInOptions {
  readonly host: string;
  readonly apiKeys?: string;
  readonly jwks?: string;
  readonly issuer?: string;
  readonly audience?: string;
  readonly open?: boolean;
}

/** Who is let in. */
export interface LetIn {
  readonly auth: readonly Authenticator[];
  /** For people, as in `2 API keys of keys.jsonl`. */
  readonly who: string;
  /** Whether others than this machine can do everything. */
  readonly isOpen: boolean;
}

/**
 * Who is let in, by the command line: holders of keys, of tokens, or everybody on this machine; everybody else only when
 * that is said.
 *
 * @throws `AIWORK_USAGE` when that cannot be told, or would be everybody who reaches the machine.
 */
export async function letIn(
  options: LetInOptions,
  server: ServerPackage,
  warn: (message: string) => void,
): Promise<LetIn> {
  const { host, apiKeys, jwks, issuer, audience, open = false } = options;
  const tokens = tokensOf({ jwks, issuer, audience });
  if (open && (apiKeys !== undefined || tokens)) {
    throw new UsageError('--open lets everybody in, and --api-keys or --jwks only some: give one of them');
  }
  if (apiKeys === undefined && !tokens) {
    if (isLoopback(host)) return { auth: [], who: 'everybody on this machine', isOpen: false };
    if (open) return { auth: [], who: `everybody who reaches ${host}`, isOpen: true };
    throw new UsageError(`everybody who reaches ${host} could run, read and stop everything`, {
      hint: '--api-keys FILE or --jwks URL say who is let in; --open lets everybody in all the same',
    });
  }
  const keys = apiKeys === undefined ? undefined : await openKeyFile(apiKeys, server, warn);
  const who = [
    ...(keys ? [`${keys.count} API ${keys.count === 1 ? 'key' : 'keys'} of ${apiKeys}`] : []),
    ...(tokens ? [`tokens of ${tokens.issuer}`] : []),
  ];
  const auth = [...(keys ? [keys] : []), ...(tokens ? [server.jsonWebTokens(tokens)] : [])];
  return { auth, who: who.join(', '), isOpen: false };
}

function tokensOf({
  jwks,
  issuer,
  audience,
}: Partial<Record<'jwks' | 'issuer' | 'audience', string | undefined>>) {
  if (jwks === undefined && issuer === undefined && audience === undefined) return undefined;
  if (jwks !== undefined && issuer !== undefined && audience !== undefined) {
    return { jwksUrl: jwks, issuer, audience };
  }
  throw new UsageError(
    'tokens are checked by all of --jwks, --issuer and --audience: one of them is missing',
  );
}

/** Only this machine reaches it. */
function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|::1)$/.test(host);
}
