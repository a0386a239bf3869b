import dns from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { AiworkError } from '@aiwork/core';
import { readRetryAfterMs } from '@aiwork/core/adapter-kit';
import type { Networks } from './networks.ts';

export interface Delivery {
  /** Of the webhook, for errors. */
  readonly name: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly networks: Networks;
  readonly lookup?: LookupFunction;
  readonly signal: AbortSignal;
}

/**
 * Posts to a host, to none that it points at, and only where its address may be connected to: the one that is connected to
 * is looked at, so that a name that changes its address in between leads nowhere. Of the answer only the status is read.
 *
 * @throws `AIWORK_WEBHOOK_FAILED` when it is not answered 2xx.
 */
export async function post(delivery: Delivery): Promise<void> {
  const { name, url } = delivery;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) > 0) requireAllowed(delivery, host);
  const { status, retryAfterMs } = await send(delivery).catch((error: unknown) => {
    if (AiworkError.isInstance(error)) throw error;
    throw failure(name, `could not be posted to ${url.host}`, { cause: error, retryable: true });
  });
  if (status >= 200 && status < 300) return;
  throw failure(name, `${url.host} answered ${status}`, {
    // 410: it is not wanted any more.
    retryable: status !== 410,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });

  function send({ headers, body, lookup = dns.lookup as LookupFunction, signal }: Delivery) {
    return new Promise<{ readonly status: number; readonly retryAfterMs: number | undefined }>(
      (resolve, reject) => {
        const request = (url.protocol === 'https:' ? https : http).request(
          url,
          {
            method: 'POST',
            headers: { ...headers, 'content-length': Buffer.byteLength(body) },
            agent: false,
            signal,
            lookup: checked(lookup),
          },
          (response) => {
            resolve({ status: response.statusCode ?? 0, retryAfterMs: readRetryAfterMs(response.headers) });
            response.destroy();
          },
        );
        request.on('error', reject);
        request.end(body);
      },
    );
  }

  function checked(lookup: LookupFunction): LookupFunction {
    return (hostname, options, done) =>
      lookup(hostname, { ...options, all: true }, (error, found, family) => {
        if (error) return done(error, found, family);
        const addresses = Array.isArray(found) ? found : [{ address: found, family: family ?? 4 }];
        try {
          for (const { address } of addresses) requireAllowed(delivery, address);
        } catch (refusal) {
          return done(refusal as Error, '');
        }
        const [first] = addresses;
        if (options.all || !first) return done(null, addresses);
        done(null, first.address, first.family);
      });
  }

  function requireAllowed({ networks }: Delivery, address: string): void {
    if (networks.isNamed(address) || (url.protocol === 'https:' && networks.isPublic(address))) return;
    const why = url.protocol === 'https:' ? 'is not public' : 'is not in a network where http: is allowed';
    throw failure(
      name,
      `${url.host} is at ${address}, which ${why}: name its network in allowedNetworks to allow that`,
      {},
    );
  }
}

function failure(
  name: string,
  what: string,
  options: { readonly cause?: unknown; readonly retryable?: boolean; readonly retryAfterMs?: number },
): AiworkError {
  return new AiworkError('AIWORK_WEBHOOK_FAILED', `webhook "${name}": ${what}`, {
    outcome: 'unknown',
    ...options,
  });
}
