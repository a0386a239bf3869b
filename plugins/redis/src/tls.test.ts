import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { errorOf, redisServer } from './redis-server.fixture.ts';
import { redisStorage } from './storage.ts';

const server = redisServer({ password: 'hunter2' });

interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** A certificate of `localhost` that nobody but itself vouches for. */
function selfSigned(): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'aiwork-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const named = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '1'];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync('openssl', [...made, '-keyout', key, '-out', cert, ...named], { stdio: 'ignore' });
  const certificate = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  rmSync(folder, { recursive: true });
  return certificate;
}

/** The server behind TLS, as managed services have it; ends with the test. */
async function behindTls(certificate: Certificate): Promise<number> {
  const { host, port } = server.service().address;
  const front = createServer(certificate, (client) => {
    const redis = connect({ host, port });
    for (const socket of [client, redis]) socket.on('error', () => {});
    client.pipe(redis).pipe(client);
    client.on('close', () => redis.destroy());
    redis.on('close', () => client.destroy());
  });
  front.on('tlsClientError', () => {});
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  onTestFinished(() => {
    front.close();
  });
  return (front.address() as AddressInfo).port;
}

describe('over TLS', () => {
  let certificate: Certificate;
  beforeAll(() => {
    certificate = selfSigned();
  });
  const family = { family: 4 } as const;

  it('everything works that works without', async () => {
    const port = await behindTls(certificate);
    const url = `rediss://:hunter2@localhost:${port}`;
    await using storage = await redisStorage({ url, client: { ...family, tls: { ca: certificate.cert } } });
    await Promise.all(
      Array.from({ length: 200 }, (_, n) => storage.stateStore.set(`key ${n}`, 'x'.repeat(n * 50))),
    );
    expect(await Array.fromAsync(storage.stateStore.keys())).toHaveLength(200);
    const bytes = new Uint8Array(300_000).fill(7);
    await storage.cache.set('key', bytes);
    expect(await storage.cache.get('key')).toEqual(bytes);
  });

  it('a certificate that nobody vouches for is refused', async () => {
    const url = `rediss://:hunter2@localhost:${await behindTls(certificate)}`;
    expect(await errorOf(redisStorage({ url, client: family }))).toMatchObject({
      code: 'AIWORK_STORE_FAILED',
      message: expect.stringMatching(
        /its certificate is not accepted.*client\.tls\.ca.*self-signed certificate/,
      ),
      outcome: 'not-applied',
    });
  });

  it('a certificate of another host is refused', async () => {
    const url = `rediss://:hunter2@127.0.0.1:${await behindTls(certificate)}`;
    const error = errorOf(redisStorage({ url, client: { tls: { ca: certificate.cert } } }));
    expect(await error).toMatchObject({
      code: 'AIWORK_STORE_FAILED',
      message: expect.stringMatching(
        /its certificate is not accepted.*IP: 127\.0\.0\.1 is not in the cert's list/,
      ),
    });
  });

  it('a server that speaks none is refused in time', async () => {
    const { host, port } = server.service().address;
    const url = `rediss://:hunter2@${host}:${port}`;
    const error = await errorOf(redisStorage({ url, connectTimeoutMs: 1000 }));
    expect(error).toMatchObject({ code: 'AIWORK_STORE_FAILED', outcome: 'not-applied' });
  });
});
