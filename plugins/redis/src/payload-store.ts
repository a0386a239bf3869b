import type { PayloadStore } from '@aiwork/core';
import { checkRunId, checkWellFormed, limitExceeded } from '@aiwork/core/adapter-kit';
import type { StoreParts } from './store-parts.ts';

// Payloads are named by their content, so doing any of these twice comes to the same.
const read = { name: 'HGET', what: 'read a payload', lostReply: 'repeat' } as const;
const write = { name: 'HSETNX', what: 'keep a payload', lostReply: 'settle' } as const;
const unlink = { name: 'UNLINK', what: 'delete payloads', lostReply: 'settle' } as const;

export interface PayloadStoreParts extends StoreParts {
  readonly maxPayloadBytes: number;
}

/** Payloads in Redis: those of a run are the fields of one hash, `payloads:RUN`. */
export function createRedisPayloadStore(parts: PayloadStoreParts): PayloadStore {
  const { connection, keyspace, gate, durability, maxPayloadBytes } = parts;
  const nameOf = (runId: string) => {
    checkRunId(runId);
    return `${keyspace.spread}payloads:${runId}`;
  };

  return {
    capabilities: Object.freeze({ durability, maxPayloadBytes }),

    put(runId, hash, data, { signal } = {}) {
      return gate.pass(async () => {
        const name = nameOf(runId);
        checkWellFormed(hash, 'the hash');
        if (data.byteLength > maxPayloadBytes) {
          throw limitExceeded('the payload', data.byteLength, 'maxPayloadBytes', maxPayloadBytes);
        }
        // A copy: the caller may use its buffer again before there is a connection.
        await connection.send(write, [name], [hash, Buffer.from(data)], { signal });
      });
    },

    get(runId, hash, { signal } = {}) {
      return gate.pass(async () => {
        const name = nameOf(runId);
        checkWellFormed(hash, 'the hash');
        const data = await connection.send<Buffer | null>(read, [name], [hash], { signal, reply: 'bytes' });
        // A copy: the reply is part of a larger buffer.
        return data === null ? undefined : new Uint8Array(data);
      });
    },

    deleteRun(runId, { signal } = {}) {
      return gate.pass(async () => {
        await connection.send(unlink, [nameOf(runId)], [], { signal });
      });
    },

    close: gate.close,
    [Symbol.asyncDispose]: gate.close,
  };
}
