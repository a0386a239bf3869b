import type { Principal } from './principal.ts';

/** Knows principals by the tokens that they send. @since 0.1.0 */
export interface Authenticator {
  /** Whose token it is; nothing when it is nobody's. Rejects when that cannot be told now. */
  authenticate(token: string): Promise<Principal | undefined>;
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * The token of a request, as `Authorization: Bearer` or `X-API-Key` brings it; of a WebSocket, too, as the protocol
 * `aiwork.bearer.TOKEN` in base64url: a browser cannot set its headers, and its URL would stand in logs.
 */
export function tokenIn(headers: Headers): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(String(headers['authorization'] ?? ''))?.[1];
  if (bearer) return bearer;
  const key = headers['x-api-key'];
  if (typeof key === 'string' && key !== '') return key;
  if (headers['upgrade'] === undefined) return undefined;
  const protocols = String(headers['sec-websocket-protocol'] ?? '');
  const encoded = /(?:^|,)[ \t]*aiwork\.bearer\.([\w-]+)/.exec(protocols)?.[1];
  return encoded && Buffer.from(encoded, 'base64url').toString();
}
