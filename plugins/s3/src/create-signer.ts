import { createHash } from 'node:crypto';
import { AwsV4Signer } from 'aws4fetch';
import type { S3Settings } from './options.ts';

interface Unsigned {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer> | undefined;
}

interface Signed {
  readonly url: URL;
  readonly headers: Headers;
}

/** Keys to sign with, which are made of a secret for a day. */
const mostKeys = 4;

/** Signs requests with the credentials of now. Their bytes are signed, too: what was changed on the way is refused. */
export function createSigner({
  region,
  credentials,
}: Pick<S3Settings, 'region' | 'credentials'>): (request: Unsigned) => Promise<Signed> {
  // Making one takes longer than all the rest of a signature.
  const keys = new Map<string, ArrayBuffer>();

  return async ({ method, url, headers, body = new Uint8Array() }) => {
    const { accessKeyId, secretAccessKey, sessionToken } = await credentials();
    if (keys.size > mostKeys) keys.clear();
    const signed = await new AwsV4Signer({
      service: 's3',
      region,
      method,
      url,
      accessKeyId,
      secretAccessKey,
      ...(sessionToken && { sessionToken }),
      headers: { ...headers, 'x-amz-content-sha256': createHash('sha256').update(body).digest('hex') },
      cache: keys,
    }).sign();
    // Proxies change it, so it is not signed. Compressed on the way, an entity tag is another one.
    signed.headers.set('accept-encoding', 'identity');
    return { url: signed.url, headers: signed.headers };
  };
}
