import { AiworkError } from '@aiwork/core';
import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTVerifyGetKey, type RemoteJWKSet } from 'jose';

const timeoutMs = 5000;
/** An issuer that failed is left alone for so long: tokens of nobody are not to become requests to it. */
const retryAfterMs = 5000;
/** How long keys are gone by that could not be asked for again. */
const maxStaleMs = 60 * 60 * 1000;

/**
 * The keys of an issuer: kept for ten minutes, asked for again when a token names one that is not among them, and gone by
 * for an hour while the issuer does not answer.
 *
 * @throws `AIWORK_ISSUER_UNAVAILABLE` when it cannot be told now whether a key is the issuer's.
 */
export function issuerKeys(locate: () => Promise<URL>): JWTVerifyGetKey {
  let remote: RemoteJWKSet | undefined;
  let heardAt = Number.NEGATIVE_INFINITY;
  let locating: Promise<RemoteJWKSet> | undefined;
  let failure: { readonly at: number; readonly cause: unknown } | undefined;

  /** Requests that come together look for the keys together. */
  function locateOnce(): Promise<RemoteJWKSet> {
    locating ??= locate()
      .then((url) => {
        remote = createRemoteJWKSet(url, { timeoutDuration: timeoutMs });
        return remote;
      })
      .finally(() => {
        locating = undefined;
      });
    return locating;
  }

  const known: JWTVerifyGetKey = async (header, token) => {
    const jwks = remote?.jwks();
    if (jwks && Date.now() - heardAt < maxStaleMs) {
      try {
        return await createLocalJWKSet(jwks)(header, token);
      } catch (error) {
        // It may be a new one.
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      }
    }
    throw new AiworkError('AIWORK_ISSUER_UNAVAILABLE', 'the issuer of tokens does not show its keys', {
      cause: failure?.cause,
      retryable: true,
      retryAfterMs,
    });
  };

  return async (header, token) => {
    if (failure && Date.now() - failure.at < retryAfterMs) return known(header, token);
    try {
      const keys = remote ?? (await locateOnce());
      const key = await keys(header, token);
      heardAt = Date.now();
      return key;
    } catch (cause) {
      if (isOfToken(cause)) throw cause;
      failure = { at: Date.now(), cause };
      return known(header, token);
    }
  };
}

/**
 * Where an issuer shows its keys, as OpenID Connect Discovery has it.
 *
 * @throws Error saying what is wrong with what it shows.
 */
export async function discoverKeys(issuer: string): Promise<URL> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new Error(`${url} was answered with ${response.status}`);
  const found: unknown = await response.json();
  if (typeof found !== 'object' || found === null || !('issuer' in found) || found.issuer !== issuer)
    throw new Error(`${url} does not describe the issuer ${issuer}`);
  const keys = 'jwks_uri' in found ? safeUrl(String(found.jwks_uri)) : undefined;
  if (!keys) throw new Error(`the jwks_uri of ${url} is no URL of https:`);
  return keys;
}

/** One of `https:`, or of `http:` on this machine: whoever can change what it gives can be anybody. */
export function safeUrl(given: string | URL): URL | undefined {
  const url = URL.canParse(String(given)) ? new URL(given) : undefined;
  const isLocal = url?.protocol === 'http:' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  return url?.protocol === 'https:' || isLocal ? url : undefined;
}

/** Whether an error is the token's own fault, and not that of who shows the keys. */
export function isOfToken(error: unknown): boolean {
  return (
    error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout) &&
    !(error instanceof errors.JWKSInvalid) &&
    error.code !== 'ERR_JOSE_GENERIC'
  );
}
