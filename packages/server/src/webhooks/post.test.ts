import type { LookupFunction } from 'node:net';
import type { AiworkError } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { networksOf } from './networks.ts';
import { post } from './post.ts';
import { receiver } from './receiver.fixture.ts';

const local = ['127.0.0.0/8'];

function send(url: string, allowed: readonly string[], lookup?: LookupFunction, signal?: AbortSignal) {
  return post({
    name: 'ops',
    url: new URL(url),
    headers: { 'content-type': 'application/json' },
    body: '{}',
    networks: networksOf(allowed),
    signal: signal ?? AbortSignal.timeout(60_000),
    ...(lookup && { lookup }),
  });
}

/** A resolver that says what it is told to, one answer after the other. */
const resolvingTo = (...answers: readonly string[][]): LookupFunction => {
  let asked = 0;
  return (_, options, done) => {
    const addresses = (answers[asked] ?? answers.at(-1) ?? []).map((address) => ({
      address,
      family: address.includes(':') ? 6 : 4,
    }));
    asked += 1;
    if (options.all) done(null, addresses);
    else done(null, addresses[0]?.address ?? '', addresses[0]?.family);
  };
};

describe('a post', () => {
  it('arrives where it may', async () => {
    const { url, received } = await receiver();
    await send(url, local);
    expect(received).toMatchObject([{ body: '{}', headers: { 'content-type': 'application/json' } }]);
  });

  it.each([
    '127.0.0.1',
    '2130706433',
    '0x7f.1',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '[::1]',
    '[::]',
    '[fe80::1]',
    '[fd00::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:a9fe:a9fe]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
  ])('goes to no address that is not public: %s', async (host) => {
    await expect(send(`https://${host}/`, [])).rejects.toMatchObject({
      code: 'AIWORK_WEBHOOK_FAILED',
      message: expect.stringContaining('which is not public'),
      retryable: false,
    });
  });

  it('goes to the address that was looked at, and to none that a name changes to', async () => {
    const { port, received } = await receiver();
    const asIfPublic = networksOf([]);
    expect(asIfPublic.isPublic('93.184.216.34')).toBe(true);
    for (const found of [['127.0.0.1'], ['93.184.216.34', '127.0.0.1'], ['::ffff:127.0.0.1']]) {
      await expect(send(`https://rebound.example:${port}/`, [], resolvingTo(found))).rejects.toThrow(
        /is not public/,
      );
    }
    // The name is resolved once, by the connection itself: there is no second answer to it.
    let lookups = 0;
    const resolve = resolvingTo(['127.0.0.1']);
    await send(`http://named.example:${port}/`, local, (...asked) => {
      lookups += 1;
      resolve(...asked);
    });
    expect(lookups).toBe(1);
    expect(received).toHaveLength(1);
  });

  it('is sent unencrypted only into networks that were named', async () => {
    await expect(send('http://93.184.216.34/', local)).rejects.toThrow(
      /not in a network where http: is allowed/,
    );
    expect(() => networksOf(['10.0.0.0/33'])).toThrow(/allowedNetworks holds "10.0.0.0\/33"/);
    expect(networksOf(['fd00::/8']).isNamed('fd00::1')).toBe(true);
    expect(networksOf(['fd00::/8']).isNamed('10.0.0.1')).toBe(false);
  });

  it('follows no redirect', async () => {
    const elsewhere = await receiver();
    const { url } = await receiver(
      (response) => void response.writeHead(307, { location: elsewhere.url }).end(),
    );
    await expect(send(url, local)).rejects.toMatchObject({
      message: expect.stringContaining('answered 307'),
    });
    expect(elsewhere.received).toEqual([]);
  });

  it('reads nothing but the status of an answer without end', async () => {
    const closed = Promise.withResolvers<void>();
    const { url } = await receiver((response) => {
      response.on('close', closed.resolve);
      response.writeHead(200);
      const talk = () => {
        while (response.write('x'.repeat(100_000)));
        response.once('drain', talk);
      };
      talk();
    });
    await send(url, local);
    await closed.promise;
  });

  it('ends when its time is up', async () => {
    const { url } = await receiver(() => {});
    await expect(send(url, local, undefined, AbortSignal.timeout(50))).rejects.toMatchObject({
      code: 'AIWORK_WEBHOOK_FAILED',
      retryable: true,
    });
  });

  it('says when to try again, and when not to', async () => {
    const { url, answer } = await receiver(
      (response) => void response.writeHead(503, { 'retry-after': '7' }).end(),
    );
    await expect(send(url, local)).rejects.toMatchObject({ retryable: true, retryAfterMs: 7000 });
    const inAnHour = { 'retry-after': new Date(Date.now() + 3_600_000).toUTCString() };
    answer((response) => void response.writeHead(429, inAnHour).end());
    await expect(send(url, local)).rejects.toSatisfy(
      ({ retryAfterMs = 0 }: AiworkError) => retryAfterMs > 3_000_000 && retryAfterMs <= 3_600_000,
    );
    answer((response) => void response.writeHead(503, { 'retry-after': 'soon' }).end());
    await expect(send(url, local)).rejects.not.toHaveProperty('retryAfterMs');
    answer((response) => void response.writeHead(410).end());
    await expect(send(url, local)).rejects.toMatchObject({ retryable: false });
    answer((response) => void response.destroy());
    const error = await send(url, local).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({
      retryable: true,
      message: `webhook "ops": could not be posted to ${new URL(url).host}`,
    });
  });
});
