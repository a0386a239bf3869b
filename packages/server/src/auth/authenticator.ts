import type { Principal } from './principal.ts';

/** Knows principals by the tokens that they send. @since 0.1.0 */
export interface Authenticator {
  /** Whose token it is; nothing when it is nobody's. Rejects when that cannot be told now. */
  authenticate(token: string): Promise<Principal | undefined>;
}

/** The token of a request, as `Authorization: Bearer` or `X-API-Key` brings it. */
export function tokenIn(headers: Readonly<Record<string, string | readonly string[] | undefined>>) {
  const bearer = /^Bearer +(\S+)$/i.exec(String(headers['authorization'] ?? ''))?.[1];
  const key = headers['x-api-key'];
  return bearer ?? (typeof key === 'string' && key !== '' ? key : undefined);
}
