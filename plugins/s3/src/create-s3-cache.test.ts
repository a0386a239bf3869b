import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createS3Cache, type S3CacheOptions } from './index.ts';
import { emptyBucket, scriptedBucket } from './scripted-bucket.fixture.ts';

const credentials = { accessKeyId: 'AKIAaiwork', secretAccessKey: 'a/secret+key', sessionToken: 'a-token' };
const bytes = (text: string) => new TextEncoder().encode(text);
const refusal = (code: string, more = '') =>
  `<?xml version="1.0"?><Error><Code>${code}</Code>${more}</Error>`;

/** A cache whose server answers `answer` to what comes after it was opened. */
async function open(answer: Parameters<typeof scriptedBucket>[0], options: Partial<S3CacheOptions> = {}) {
  const server = await scriptedBucket((seen, count) =>
    count <= 2 ? emptyBucket(seen) : answer(seen, count - 2),
  );
  const cache = await createS3Cache({
    bucket: 'some-bucket',
    endpoint: server.endpoint,
    credentials,
    ...options,
  });
  return { cache, ...server };
}

const opened = (answer: Parameters<typeof scriptedBucket>[0]) =>
  scriptedBucket(answer).then(({ endpoint }) =>
    createS3Cache({ bucket: 'some-bucket', endpoint, credentials }),
  );

describe('createS3Cache', () => {
  it.each([
    ['InvalidAccessKeyId', 403, 'check the access key and its secret'],
    ['SignatureDoesNotMatch', 403, 'check the access key and its secret'],
    ['AccessDenied', 403, 's3:ListBucket on the bucket'],
    ['NoSuchBucket', 404, 'there is no such bucket'],
    ['PermanentRedirect', 301, 'in another region'],
    ['RequestTimeTooSkewed', 403, 'the clock of this machine is wrong'],
  ])('says at once what is wrong, at %s', async (code, status, advice) => {
    const opening = opened(() => ({ status, body: refusal(code) }));
    await expect(opening).rejects.toMatchObject({
      code: 'AIWORK_STORE_FAILED',
      retryable: false,
      outcome: 'not-applied',
      message: expect.stringContaining(advice),
    });
  });

  it('refuses a server that writes whatever If-Match says', async () => {
    const opening = opened(({ method }) => ({ status: method === 'PUT' ? 200 : 404 }));
    await expect(opening).rejects.toMatchObject({ code: 'AIWORK_UNSUPPORTED_CAPABILITY' });
  });

  it('shows no secret that a server repeats', async () => {
    const repeated = `<StringToSign>${credentials.secretAccessKey}</StringToSign><AWSAccessKeyId>${credentials.accessKeyId}</AWSAccessKeyId>`;
    const error = await opened(() => ({
      status: 403,
      body: refusal('SignatureDoesNotMatch', repeated),
    })).catch((thrown: unknown) => thrown);
    const shown = inspect(error, { depth: 9, showHidden: true });
    expect(shown).toContain('SignatureDoesNotMatch');
    for (const secret of Object.values(credentials)) expect(shown).not.toContain(secret);
  });

  it('asks for credentials before each request, and signs with what it is given', async () => {
    let asked = 0;
    const rotating = async () => {
      asked += 1;
      return { accessKeyId: `key-${asked}`, secretAccessKey: 'secret', sessionToken: `token-${asked}` };
    };
    const { cache, seen } = await open(() => ({ status: 404 }), { credentials: rotating });
    await cache.get('key');
    expect(seen.map(({ headers }) => headers['x-amz-security-token'])).toEqual([
      'token-1',
      'token-2',
      'token-3',
    ]);
    expect(seen[2]?.headers.authorization).toContain('Credential=key-3/');
  });

  it('waits no longer than its caller does for credentials', async () => {
    let asked = 0;
    const silent = () => {
      asked += 1;
      return asked <= 2 ? Promise.resolve(credentials) : new Promise<never>(() => {});
    };
    const { cache } = await open(() => ({ status: 200 }), { credentials: silent });
    const leaving = new AbortController();
    const writing = cache.set('key', bytes('value'), { signal: leaving.signal });
    leaving.abort(new Error('the user left'));
    await expect(writing).rejects.toMatchObject({ code: 'AIWORK_CANCELLED', outcome: 'not-applied' });
  });

  it('does not follow a redirect', async () => {
    const other = await scriptedBucket(() => ({ status: 200 }));
    const { cache } = await open(() => ({ status: 307, headers: { location: other.endpoint } }));
    await expect(cache.get('key')).rejects.toMatchObject({
      message: expect.stringContaining('another endpoint'),
    });
    expect(other.seen).toEqual([]);
  });

  it('shows neither key nor namespace in the name of an object', async () => {
    const { cache, seen } = await open(() => ({ status: 200 }), { namespace: 'tenant-7', keyPrefix: 'tea/' });
    await cache.set('../who asked what', bytes('value'));
    expect(seen[2]?.url).toMatch(/^\/some-bucket\/tea\/[\da-f]{64}\/[\da-f]{64}$/);
  });

  it('reads once more when the connection broke, and writes no second time', async () => {
    const { cache, seen } = await open((_, count) =>
      count === 1 || count > 2 ? { status: 0, broken: true } : { status: 200, body: 'value' },
    );
    expect(await cache.get('key')).toEqual(bytes('value'));
    await expect(cache.set('key', bytes('new'))).rejects.toMatchObject({
      outcome: 'unknown',
      retryable: true,
    });
    expect(seen.slice(2).map(({ method }) => method)).toEqual(['GET', 'GET', 'PUT']);
  });

  it('says of a busy bucket when to come back, and that nothing was written', async () => {
    const { cache } = await open(() => ({
      status: 503,
      headers: { 'retry-after': '7' },
      body: refusal('SlowDown'),
    }));
    await expect(cache.set('key', bytes('value'))).rejects.toMatchObject({
      code: 'AIWORK_STORE_BUSY',
      retryable: true,
      retryAfterMs: 7000,
      outcome: 'not-applied',
    });
  });

  it('says of a server that failed that a write may have been done', async () => {
    const { cache } = await open(() => ({ status: 500, body: refusal('InternalError') }));
    await expect(cache.set('key', bytes('value'))).rejects.toMatchObject({
      retryable: true,
      outcome: 'unknown',
    });
  });

  it('takes a bucket that was removed for an error, and not for a miss', async () => {
    const { cache } = await open(() => ({ status: 404, body: refusal('NoSuchBucket') }));
    await expect(cache.get('key')).rejects.toMatchObject({
      message: expect.stringContaining('no such bucket'),
    });
  });

  it('reads no more than the largest value', async () => {
    const { cache } = await open(() => ({ status: 200, body: new Uint8Array(1001) }), {
      maxValueBytes: 1000,
    });
    await expect(cache.get('key')).rejects.toMatchObject({ code: 'AIWORK_LIMIT_EXCEEDED' });
  });

  it('deletes what it looked at and nothing else, however often others write', async () => {
    let tag = 0;
    const { cache, seen } = await open(({ method, headers }) => {
      if (method === 'HEAD') return { status: 200, headers: { etag: `"${tag}"` } };
      tag += 1;
      // Another writes before the first two.
      return { status: headers['if-match'] === '"2"' ? 200 : 412 };
    });
    expect(await cache.delete('key')).toBe(true);
    expect(
      seen
        .filter(({ method }) => method === 'PUT')
        .slice(1)
        .map(({ headers }) => headers['if-match']),
    ).toEqual(['"0"', '"1"', '"2"']);
  });

  it('takes no tag of one entry for that of another, where a server gives both at once', async () => {
    const over = { 'x-amz-meta-aiwork-expires-at': '0' };
    const { cache, seen } = await open((_, count) => ({
      status: 200,
      headers: { etag: '"of the next"', ...(count > 1 && over) },
    }));
    expect(await cache.delete('key')).toBe(false);
    expect(seen.slice(2).map(({ method }) => method)).toEqual(['HEAD', 'HEAD']);
  });

  it('gives up a delete that others always overtake, having done nothing', async () => {
    const { cache } = await open(({ method }) =>
      method === 'HEAD' ? { status: 200, headers: { etag: '"1"' } } : { status: 412 },
    );
    await expect(cache.delete('key')).rejects.toMatchObject({
      code: 'AIWORK_STORE_BUSY',
      retryable: true,
      outcome: 'not-applied',
    });
  });
});
