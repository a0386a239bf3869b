import { createHash, randomUUID } from 'node:crypto';
import { AiworkError, type Cache, UnsupportedCapabilityError } from '@aiwork/core';
import { checkKey, checkTtl, createCallGate, invalidArgument, limitExceeded } from '@aiwork/core/adapter-kit';
import { type S3CacheOptions, type S3Settings, s3Settings } from './options.ts';
import { createS3Calls, type S3Answer, type S3Call } from './s3-calls.ts';

/** When an entry ends, in milliseconds since the Unix epoch. What never ends has none, and what was deleted ended at 0. */
const expiresAt = 'x-amz-meta-aiwork-expires-at';

/** A tag that nothing has: only a server that does not look at it writes. */
const noTag = '"0"';

/** Others that change the key between the requests of a delete, before it is given up. */
const deleteAttempts = 20;

/**
 * A cache in a bucket of S3, or of a server that speaks its protocol. Every process that opens it with the same options
 * shares it, and entries outlive all of them.
 *
 * Objects that are over stay in the bucket until a lifecycle rule of it removes them: a cache needs one. Times to live are
 * measured by the clocks of those who write and read, so these have to agree.
 *
 * Opening asks the bucket two questions: whether these credentials may read and write, and whether it heeds `If-Match`,
 * without which an entry cannot be deleted for certain.
 *
 * @throws `AIWORK_STORE_FAILED`, `AIWORK_STORE_BUSY` and `AIWORK_CANCELLED`; `AIWORK_UNSUPPORTED_CAPABILITY` when the server
 * ignores conditions of writes; `AIWORK_INVALID_ARGUMENT`, naming the option.
 * @example
 * ```ts no-run: needs a bucket
 * import { createS3Cache } from '@aiwork/s3';
 *
 * await using cache = await createS3Cache({ bucket: 'my-cache', region: 'eu-central-1' });
 * await cache.set('greeting', new TextEncoder().encode('hello'), { ttlMs: 60_000 });
 * console.log(new TextDecoder().decode(await cache.get('greeting'))); // hello
 * ```
 * @since 0.1.0
 */
export async function createS3Cache(options: S3CacheOptions, signal?: AbortSignal): Promise<Cache> {
  const settings = s3Settings(options);
  const call = createS3Calls(settings);
  const folder = `${settings.keyPrefix}${digest(settings.namespace)}/`;
  await checkBucket(call, settings.where, `${folder}opening`, signal);
  return cacheIn(settings, call, folder);
}

/** Nothing of what was asked for reaches a name: not its length, its characters, nor what it says. */
const digest = (text: string) => createHash('sha256').update(text).digest('hex');

async function checkBucket(call: S3Call, where: string, object: string, signal?: AbortSignal): Promise<void> {
  await call('open the cache', signal, async (send) => {
    await send({ method: 'GET', object, expected: [200, 404] });
    const headers = { 'if-match': noTag, [expiresAt]: '0' };
    const { status } = await send({ method: 'PUT', object, headers, expected: [200, 404, 412, 501] });
    if (status === 404 || status === 412) return;
    throw new UnsupportedCapabilityError(
      `${where} ignores If-Match when it is written, so that of two who delete an entry both would be told so: use a server with conditional writes`,
    );
  });
}

function cacheIn(settings: S3Settings, call: S3Call, folder: string): Cache {
  const { where, maxKeyBytes, maxValueBytes, now } = settings;
  const gate = createCallGate(`the cache in ${where}`, () => {});
  const objectOf = (key: string) => {
    checkKey(key, maxKeyBytes);
    return `${folder}${digest(key)}`;
  };
  const isThere = ({ status, headers }: S3Answer) => {
    const end = headers.get(expiresAt);
    return status === 200 && (end === null || Number(end) > now());
  };

  return {
    capabilities: Object.freeze({ ttl: true, maxKeyBytes, maxValueBytes, durability: 'service-kill' }),

    get(key, { signal } = {}) {
      return gate.pass(async () => {
        const object = objectOf(key);
        return call('read the cache', signal, async (send) => {
          const answer = await send({ method: 'GET', object, expected: [200, 404] });
          return isThere(answer) ? answer.body : undefined;
        });
      });
    },

    set(key, value, { ttlMs, signal } = {}) {
      return gate.pass(async () => {
        const object = objectOf(key);
        if (ttlMs !== undefined) checkTtl(ttlMs);
        if (!(value instanceof Uint8Array)) throw invalidArgument('the value is no Uint8Array: give bytes');
        if (value.byteLength > maxValueBytes) {
          throw limitExceeded('the value', value.byteLength, 'maxValueBytes', maxValueBytes);
        }
        const headers: Record<string, string> = { 'content-type': 'application/octet-stream' };
        if (ttlMs !== undefined) headers[expiresAt] = String(now() + ttlMs);
        // A copy: the caller may use its buffer again before the request is sent.
        const body = new Uint8Array(value);
        await call('write the cache', signal, (send) =>
          send({ method: 'PUT', object, headers, body, expected: [200] }),
        );
      });
    },

    delete(key, { signal } = {}) {
      return gate.pass(async () => {
        const object = objectOf(key);
        return call('delete from the cache', signal, async (send) => {
          for (let attempt = 0; attempt < deleteAttempts; attempt += 1) {
            const found = await send({ method: 'HEAD', object, expected: [200, 404] });
            if (!isThere(found)) return false;
            // Gateways over files give the end of one entry with the tag of the next when it is replaced meanwhile.
            const again = await send({ method: 'HEAD', object, expected: [200, 404] });
            if (!isThere(again)) return false;
            if (again.headers.get('etag') !== found.headers.get('etag')) continue;
            const { status } = await send({
              method: 'PUT',
              object,
              headers: { 'if-match': found.headers.get('etag') ?? noTag, [expiresAt]: '0' },
              // Another one each time, so that what was deleted is never taken for what is there.
              body: new TextEncoder().encode(randomUUID()),
              expected: [200, 404, 409, 412],
            });
            if (status === 200) return true;
          }
          throw new AiworkError(
            'AIWORK_STORE_BUSY',
            `${where} did not delete from the cache: others changed the entry ${deleteAttempts} times meanwhile`,
            { retryable: true, outcome: 'not-applied' },
          );
        });
      });
    },

    close: gate.close,
    [Symbol.asyncDispose]: gate.close,
  };
}
