import dns, { type LookupAddress, type LookupOptions } from 'node:dns';
import { type HeldService, type S3Service, s3Service } from '@aiwork/contract-tests/services';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createS3Cache, type S3CacheOptions } from './index.ts';

// The first run on a machine may have to install an engine and build the image.
const coldStartMs = 10 * 60_000;

let held: HeldService<S3Service>;
beforeAll(async () => {
  held = await s3Service().hold();
}, coldStartMs);
afterAll(() => held.release());

const bytes = (text: string) => new TextEncoder().encode(text);

function open(options: Partial<S3CacheOptions> = {}) {
  const { bucket, endpoint, region, accessKeyId, secretAccessKey } = held.service;
  return createS3Cache({
    bucket,
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    ...options,
  });
}

describe('a cache in a bucket', () => {
  it('has every acknowledged write, and no half of another, after its server was killed', {
    timeout: 120_000,
  }, async ({ skip }) => {
    const { kill } = held.service;
    if (!kill) return skip('this server cannot be killed');
    await using cache = await open({ namespace: 'killed' });
    const value = (n: number) => bytes(`${n} `.repeat(20_000));
    const written: number[] = [];
    let isOver = false;
    const writing = Array.from({ length: 4 }, async (_, writer) => {
      for (let n = writer; !isOver; n += 4) {
        await cache.set(`${n}`, value(n)).then(
          () => written.push(n),
          (error) => expect(error).toMatchObject({ code: 'AIWORK_STORE_FAILED', retryable: true }),
        );
      }
    });
    await expect.poll(() => written.length, { timeout: 60_000 }).toBeGreaterThan(20);
    await kill();
    isOver = true;
    await Promise.all(writing);
    for (const n of written) expect(await cache.get(`${n}`)).toEqual(value(n));
    for (let n = 0; n <= Math.max(...written) + 4; n += 1) {
      const found = await cache.get(`${n}`);
      if (found) expect(found).toEqual(value(n));
    }
  });

  it('is one whether its bucket is named in the path or in the host', { timeout: 60_000 }, async () => {
    const { host, port } = held.service.address;
    const { lookup } = dns;
    type Told = (error: Error | null, address: string | LookupAddress[], family: number) => void;
    const asOneHost = (_name: string, options: LookupOptions, told: Told) => lookup(host, options, told);
    vi.spyOn(dns, 'lookup').mockImplementation(Object.assign(asOneHost, lookup));
    onTestFinished(() => {
      vi.restoreAllMocks();
    });
    // The server takes what stands before it for a bucket.
    await using byHost = await open({ endpoint: `http://localhost:${port}`, bucketIn: 'host' });
    await using byPath = await open();
    await byHost.set('key', bytes('value'));
    expect(await byPath.get('key')).toEqual(bytes('value'));
  });

  it('is not given to who has another secret', { timeout: 60_000 }, async () => {
    const credentials = { accessKeyId: held.service.accessKeyId, secretAccessKey: 'another' };
    await expect(open({ credentials })).rejects.toMatchObject({
      code: 'AIWORK_STORE_FAILED',
      message: expect.stringContaining('check the access key and its secret'),
    });
  });
});
