import type { Cache } from '@aiwork/core';
import { checkKey, checkTtl, invalidArgument, limitExceeded } from '@aiwork/core/adapter-kit';
import { type StoreParts, wholeMilliseconds } from './store-parts.ts';

const read = { name: 'GET', what: 'read the cache', lostReply: 'repeat' } as const;
const write = { name: 'SET', what: 'write the cache', lostReply: 'unknown' } as const;
const unlink = { name: 'UNLINK', what: 'delete from the cache', lostReply: 'unknown' } as const;

export interface CacheParts extends StoreParts {
  readonly maxKeyBytes: number;
  readonly maxValueBytes: number;
}

/** A cache in Redis: each entry is a string `cache:KEY`, which expires by itself. */
export function createRedisCache(parts: CacheParts): Cache {
  const { connection, keyspace, gate, durability, maxKeyBytes, maxValueBytes } = parts;
  const nameOf = (key: string) => {
    checkKey(key, maxKeyBytes);
    return `${keyspace.spread}cache:${key}`;
  };

  return {
    capabilities: Object.freeze({ ttl: true, maxKeyBytes, maxValueBytes, durability }),

    get(key, { signal } = {}) {
      return gate.pass(async () => {
        const bytes = await connection.send<Buffer | null>(read, [nameOf(key)], [], {
          signal,
          reply: 'bytes',
        });
        // A copy: the reply is part of a larger buffer.
        return bytes === null ? undefined : new Uint8Array(bytes);
      });
    },

    set(key, value, { ttlMs, signal } = {}) {
      return gate.pass(async () => {
        const name = nameOf(key);
        if (ttlMs !== undefined) checkTtl(ttlMs);
        if (!(value instanceof Uint8Array)) throw invalidArgument('the value is no Uint8Array: give bytes');
        if (value.byteLength > maxValueBytes) {
          throw limitExceeded('the value', value.byteLength, 'maxValueBytes', maxValueBytes);
        }
        const expiry = ttlMs === undefined ? [] : ['PX', wholeMilliseconds(ttlMs)];
        // A copy: the caller may use its buffer again before there is a connection.
        await connection.send(write, [name], [Buffer.from(value), ...expiry], { signal });
      });
    },

    delete(key, { signal } = {}) {
      return gate.pass(
        async () => (await connection.send<number>(unlink, [nameOf(key)], [], { signal })) === 1,
      );
    },

    close: gate.close,
    [Symbol.asyncDispose]: gate.close,
  };
}
