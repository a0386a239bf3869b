const codes =
  /^(CERT_|CRL_|ERROR_IN_C|ERR_TLS_CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_EXCEEDED$|HOSTNAME_MISMATCH$)/;

/**
 * Whether an error's code says that the certificate of the other side is not accepted: it will not be in a second either.
 * By the codes of Node and OpenSSL.
 *
 * @example
 * ```ts
 * import { isUntrustedCertificate } from '@aiwork/core/adapter-kit';
 *
 * console.log(isUntrustedCertificate('CERT_HAS_EXPIRED'), isUntrustedCertificate('ECONNREFUSED')); // true false
 * ```
 * @since 0.1.0
 */
export function isUntrustedCertificate(code: unknown): boolean {
  return typeof code === 'string' && codes.test(code);
}
