import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type HeldService, type S3Service, s3Service } from '../src/services/index.ts';
import { describeWithEngine } from './with-engine.fixture.ts';

// The first run on a machine may have to install an engine and build images.
const coldStartMs = 10 * 60_000;
vi.setConfig({ testTimeout: 120_000 });

let held: HeldService<S3Service>;
beforeAll(async () => {
  held = await s3Service({ secretAccessKey: 'of-the-test' }).hold();
}, coldStartMs);
afterAll(() => held.release());

/** What it says to somebody who signs nothing. */
const ask = (path: string) => fetch(`${held.service.endpoint}${path}`);

describeWithEngine('s3Service', () => {
  it('has a bucket, which it lets in nobody without a signature, also after a kill', async () => {
    const { bucket, kill } = held.service;
    expect(await (await ask(`/${bucket}/object`)).text()).toContain('<Code>AccessDenied</Code>');
    await kill?.();
    expect((await ask(`/${bucket}/object`)).status).toBe(403);
  });

  it('says which it is, and who may come in', () => {
    const { facts, endpoint, endpointAt, address, secretAccessKey } = held.service;
    expect(facts).toMatchObject({ name: 'versitygw', version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
    expect(endpointAt(address)).toBe(endpoint);
    expect(secretAccessKey).toBe('of-the-test');
  });
});

it('takes the server, the user and the bucket of a URL', async () => {
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AIWORK_S3_URL', 'https://key:se%2Fcret@minio.internal:9000/tea');
  try {
    await using own = await s3Service().hold();
    expect(own.service).toMatchObject({
      endpoint: 'https://minio.internal:9000',
      bucket: 'tea',
      region: 'eu-central-1',
      accessKeyId: 'key',
      secretAccessKey: 'se/cret',
    });
    expect(own.service.kill).toBeUndefined();
    vi.stubEnv('AIWORK_S3_URL', 'https://key:se%2Fcret@minio.internal:9000/');
    await expect(s3Service().hold()).rejects.toThrow('https://user:secret@host/bucket');
  } finally {
    vi.unstubAllEnvs();
  }
});
