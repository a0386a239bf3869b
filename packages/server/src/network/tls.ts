import type { ServerOptions } from 'node:http';
import type { SecureContextOptions } from 'node:tls';

type Pem = string | Buffer;

/** Certificates, in PEM. @since 0.1.0 */
export interface Tls {
  /** That of the server, and those between it and a root. */
  readonly cert: Pem;
  readonly key: Pem;
  readonly passphrase?: string;
  /** Who signs certificates of clients: with it, only clients that show one are let in. */
  readonly clientCa?: Pem | readonly Pem[];
}

/**
 * What makes Fastify speak TLS 1.2 and newer, or none. Its types tell applications over TLS apart, which to users of a
 * server are all the same.
 */
export function transport(tls: Tls | undefined, common: ServerOptions): object {
  if (!tls) return { http: common };
  const clients = tls.clientCa && { requestCert: true, rejectUnauthorized: true };
  return { https: { ...common, ...contextOf(tls), ...clients } };
}

/** What connections are made secure with. */
export function contextOf({ cert, key, passphrase, clientCa }: Tls): SecureContextOptions {
  return {
    minVersion: 'TLSv1.2',
    cert,
    key,
    ...(passphrase !== undefined && { passphrase }),
    ...(clientCa && { ca: [clientCa].flat() }),
  };
}
