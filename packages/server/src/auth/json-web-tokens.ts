import { invalidArgument } from '@aiwork/core/adapter-kit';
import { decodeJwt, type JWTPayload, jwtVerify } from 'jose';
import type { Authenticator } from './authenticator.ts';
import { discoverKeys, isOfToken, issuerKeys, safeUrl } from './issuer-keys.ts';
import { checkPrincipal, isPrincipalId, type Principal } from './principal.ts';

/** @since 0.1.0 */
export interface JsonWebTokensOptions {
  /** What `iss` of a token has to be. */
  readonly issuer: string;
  /** What `aud` of a token has to be, or hold. */
  readonly audience: string;
  /** Where the issuer shows its keys (JWKS). Default: where its OpenID Connect discovery document says. */
  readonly jwksUrl?: string | URL;
  /** Signatures that are taken, among those with a key that only the issuer has. Default: all of these. */
  readonly algorithms?: readonly SignatureAlgorithm[];
  /** How far the clocks of issuer and server may be apart, in milliseconds. Default 30,000. */
  readonly clockToleranceMs?: number;
  /**
   * Who a token is of. Default: `sub`, with the words of `scope` (or the list `scopes`) that are of the form
   * `UNIT:ACTION`.
   */
  readonly principal?: (claims: Readonly<Record<string, unknown>>) => Principal | undefined;
}

/** Signatures with a key that only the issuer has: one that a server has could be used by it, too. */
const asymmetric = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;

/** @since 0.1.0 */
export type SignatureAlgorithm = (typeof asymmetric)[number];

/**
 * Knows principals by the JSON Web Tokens of an issuer, such as an OpenID Connect provider. Its keys are asked for when the
 * first token comes, and again when a token names one that is not known. While the issuer does not answer, those that are
 * known are gone by for an hour; a request with a token that cannot be told is answered 503.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when `jwksUrl`, or without it `issuer`, is no URL of `https:`, or of `http:` on this
 * machine, or another option cannot be used.
 * @example
 * ```ts
 * import { jsonWebTokens } from '@aiwork/server';
 *
 * const known = jsonWebTokens({ issuer: 'https://id.example.org/', audience: 'reports' });
 * console.log(await known.authenticate('no token')); // undefined
 * ```
 * @since 0.1.0
 */
export function jsonWebTokens(options: JsonWebTokensOptions): Authenticator {
  const { issuer, audience, jwksUrl, principal = principalOf } = options;
  const { algorithms = asymmetric, clockToleranceMs = 30_000 } = options;
  const unknown = algorithms.find((name) => !asymmetric.includes(name));
  if (algorithms.length === 0 || unknown !== undefined)
    throw invalidArgument(
      `algorithms holds ${JSON.stringify(unknown)}: give some of ${asymmetric.join(', ')}`,
    );
  if (!(clockToleranceMs >= 0))
    throw invalidArgument(`clockToleranceMs is ${clockToleranceMs}: give 0 or more milliseconds`);
  const from = safeUrl(jwksUrl ?? issuer);
  if (!from)
    throw invalidArgument(
      `${jwksUrl === undefined ? 'issuer' : 'jwksUrl'} is ${JSON.stringify(String(jwksUrl ?? issuer))}: give a URL of https:, or of http: on this machine`,
    );
  const keys = issuerKeys(async () => (jwksUrl === undefined ? discoverKeys(issuer) : from));
  const checks = {
    issuer,
    audience,
    algorithms: [...algorithms],
    clockTolerance: clockToleranceMs / 1000,
    requiredClaims: ['exp'],
  };

  return {
    async authenticate(token) {
      try {
        // Another issuer's are no reason to ask this one, or to wait for it.
        if (decodeJwt(token).iss !== issuer) return undefined;
        const { payload } = await jwtVerify(token, keys, checks);
        const found = principal(payload);
        if (found) checkPrincipal(found);
        return found;
      } catch (error) {
        if (isOfToken(error)) return undefined;
        throw error;
      }
    },
  };
}

function principalOf({ sub, scope, scopes }: JWTPayload): Principal | undefined {
  if (!isPrincipalId(sub)) return undefined;
  const words = typeof scope === 'string' ? scope.split(' ') : Array.isArray(scopes) ? scopes : [];
  const known = words.filter(
    (word): word is string => typeof word === 'string' && /^.+:(read|execute|control|\*)$/.test(word),
  );
  return { id: sub, scopes: known };
}
