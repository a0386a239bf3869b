import { access, constants, open } from 'node:fs/promises';
import type { ServerOptions } from '@aiwork/server';
import { UsageError } from '../usage-error.ts';
import { unwritable } from '../write-out-file.ts';
import type { ServerPackage } from './server-package.ts';

export interface NetworkOptions {
  readonly cors?: readonly string[];
  readonly rateLimit?: { readonly max: number; readonly windowMs: number };
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly trustProxy?: readonly string[];
  readonly audit?: string;
}

/**
 * What the command line says of those who ask, in the server's own terms.
 *
 * @throws `AIWORK_USAGE` when a file cannot be read or written, or one of two is missing.
 */
export async function networkOptions(
  { cors, rateLimit, tlsCert, tlsKey, trustProxy, audit }: NetworkOptions,
  { auditFile }: ServerPackage,
): Promise<Partial<ServerOptions>> {
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new UsageError('TLS needs both --tls-cert and --tls-key: one of them is missing');
  }
  return {
    ...(cors && { corsOrigins: cors }),
    ...(rateLimit && { rateLimit }),
    ...(trustProxy && { trustProxy }),
    ...(audit !== undefined && { audit: auditFile(await appendable(audit)) }),
    ...(tlsCert !== undefined &&
      tlsKey !== undefined && {
        tls: { certFile: await readable(tlsCert), keyFile: await readable(tlsKey) },
      }),
  };
}

async function readable(path: string): Promise<string> {
  try {
    await access(path, constants.R_OK);
    return path;
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${(error as NodeJS.ErrnoException).code}`);
  }
}

/** Made here when it is not there: later, that it cannot be written would only be in the log. */
async function appendable(path: string): Promise<string> {
  try {
    const file = await open(path, 'a', 0o600);
    await file.close();
    return path;
  } catch (error) {
    throw unwritable(path, error);
  }
}
