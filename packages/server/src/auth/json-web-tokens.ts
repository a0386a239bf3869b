import { invalidArgument } from '@aiwork/core/adapter-kit';
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import type { Authenticator } from './authenticator.ts';
import { checkPrincipal, type Principal } from './principal.ts';

/** @since 0.1.0 */
export interface JsonWebTokensOptions {
  /** Where the issuer shows its keys (JWKS). */
  readonly jwksUrl: string | URL;
  /** What `iss` of a token has to be. */
  readonly issuer: string;
  /** What `aud` of a token has to be, or hold. */
  readonly audience: string;
  /**
   * Who a token is of. Default: `sub`, with the words of `scope` (or the list `scopes`) that are of the form
   * `UNIT:ACTION`.
   */
  readonly principal?: (claims: Readonly<Record<string, unknown>>) => Principal | undefined;
}

/** Signatures with a key that only the issuer has: one that a server has could be used by it, too. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const clockToleranceSeconds = 30;
const jwksTimeoutMs = 5000;

/**
 * Knows principals by the JSON Web Tokens of an issuer, such as an OpenID Connect provider.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when `jwksUrl` is no URL of `https:`, or of `http:` on this machine.
 * @example
 * ```ts
 * import { jsonWebTokens } from '@aiwork/server';
 *
 * const known = jsonWebTokens({
 *   jwksUrl: 'https://id.example.org/.well-known/jwks.json',
 *   issuer: 'https://id.example.org/',
 *   audience: 'reports',
 * });
 * console.log(await known.authenticate('no token')); // undefined
 * ```
 * @since 0.1.0
 */
export function jsonWebTokens(options: JsonWebTokensOptions): Authenticator {
  const { issuer, audience, principal = principalOf } = options;
  const keys = createRemoteJWKSet(keysUrl(options.jwksUrl), { timeoutDuration: jwksTimeoutMs });
  return {
    async authenticate(token) {
      try {
        const checks = {
          issuer,
          audience,
          algorithms,
          clockTolerance: clockToleranceSeconds,
          requiredClaims: ['exp'],
        };
        const { payload } = await jwtVerify(token, keys, checks);
        const found = principal(payload);
        if (found) checkPrincipal(found);
        return found;
      } catch (error) {
        if (isRefusal(error)) return undefined;
        throw error;
      }
    },
  };
}

/** Of the token's own fault; not that of who shows the keys. */
const isRefusal = (error: unknown) =>
  error instanceof errors.JOSEError &&
  !(error instanceof errors.JWKSTimeout) &&
  !(error instanceof errors.JWKSInvalid) &&
  error.code !== 'ERR_JOSE_GENERIC';

function principalOf({ sub, scope, scopes }: JWTPayload): Principal | undefined {
  if (sub === undefined) return undefined;
  const words = typeof scope === 'string' ? scope.split(' ') : Array.isArray(scopes) ? scopes : [];
  const known = words.filter(
    (word): word is string => typeof word === 'string' && /^.+:(read|execute|control|\*)$/.test(word),
  );
  return { id: sub, scopes: known };
}

function keysUrl(given: string | URL): URL {
  const url = URL.canParse(String(given)) ? new URL(given) : undefined;
  const isLocal = url?.protocol === 'http:' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url?.protocol === 'https:' || (url && isLocal)) return url;
  throw invalidArgument(
    `jwksUrl is ${JSON.stringify(String(given))}: give a URL of https:, or of http: on this machine`,
  );
}
