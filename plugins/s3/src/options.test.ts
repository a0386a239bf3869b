import { afterEach, describe, expect, it, vi } from 'vitest';
import { createS3Cache, type S3CacheOptions } from './index.ts';
import { s3Settings } from './options.ts';

const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
const urlOf = (options: Partial<S3CacheOptions>) =>
  s3Settings({ bucket: 'my-cache', credentials, region: 'eu-central-1', ...options }).url;

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('where the bucket is', () => {
  it('is a host of AWS', () => {
    expect(urlOf({})).toBe('https://my-cache.s3.eu-central-1.amazonaws.com/');
    expect(urlOf({ region: 'cn-north-1' })).toBe('https://my-cache.s3.cn-north-1.amazonaws.com.cn/');
  });

  it('is a path of another server, or a host of it', () => {
    expect(urlOf({ endpoint: 'http://localhost:9000' })).toBe('http://localhost:9000/my-cache/');
    expect(urlOf({ endpoint: 'https://host/storage/v1/s3' })).toBe('https://host/storage/v1/s3/my-cache/');
    expect(urlOf({ endpoint: 'https://s3.host', bucketIn: 'host' })).toBe('https://my-cache.s3.host/');
  });
});

describe('what is refused', () => {
  it.each<[string, Partial<S3CacheOptions>]>([
    ['bucket', { bucket: 'My_Bucket' }],
    ['bucket', { bucket: 'a/../b' }],
    ['bucket', { bucket: 'with.dots' }],
    ['endpoint', { endpoint: 'ftp://host' }],
    ['endpoint', { endpoint: 'no url' }],
    ['endpoint', { endpoint: 'https://key:s3cret@host' }],
    ['endpoint', { endpoint: 'https://host/?x=1' }],
    ['endpoint', { endpoint: 'http://10.0.0.1:9000', bucketIn: 'host' }],
    ['region', { region: 'eu central' }],
    ['keyPrefix', { keyPrefix: '/aiwork' }],
    ['keyPrefix', { keyPrefix: 'a/../b/' }],
    ['keyPrefix', { keyPrefix: 'what?/' }],
    ['namespace', { namespace: '' }],
    ['callTimeoutMs', { callTimeoutMs: 0 }],
    ['maxValueBytes', { maxValueBytes: 0.5 }],
    ['credentials', { credentials: { accessKeyId: 'key', secretAccessKey: '' } }],
  ])('%s, by its name and without a secret', async (name, options) => {
    const opening = createS3Cache({ bucket: 'my-cache', credentials, ...options });
    await expect(opening).rejects.toMatchObject({
      code: 'AIWORK_INVALID_ARGUMENT',
      message: expect.stringContaining(name),
    });
    await expect(opening).rejects.not.toThrow('s3cret');
  });

  it('are credentials that the environment does not have', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', '');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', '');
    await expect(createS3Cache({ bucket: 'my-cache' })).rejects.toThrow('set AWS_ACCESS_KEY_ID');
  });

  it('are not those that it has', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'key of the environment');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    const { accessKeyId } = await s3Settings({ bucket: 'my-cache' }).credentials();
    expect(accessKeyId).toBe('key of the environment');
  });
});
