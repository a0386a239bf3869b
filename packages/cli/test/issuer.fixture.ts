import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Issuer {
  readonly url: string;
  /** A token with these claims that is good for a minute. */
  token(claims: object): string;
}

/** Shows its keys at `/jwks` as an OpenID Connect provider does, until the test is over. */
export async function issuer(): Promise<Issuer> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'first', alg: 'RS256', use: 'sig' }];
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return {
    url: `http://127.0.0.1:${port}`,
    token(claims) {
      const exp = Math.floor(Date.now() / 1000) + 60;
      const signed = `${part({ alg: 'RS256', kid: 'first' })}.${part({ exp, ...claims })}`;
      return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
    },
  };
}
