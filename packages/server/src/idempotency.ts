import { createHash } from 'node:crypto';
import { AiworkError, toReadableJson } from '@aiwork/core';
import type { FastifyRequest } from 'fastify';
import type { Access } from './auth/access.ts';

/** What makes a request that is sent again the same one, on every server of a run store and after a restart. */
export interface SentOnce {
  /** The run that it starts. */
  readonly runId: string;
  /** Kept with the run: what the request asked for, as a hash. */
  readonly tag: string;
}

/** Of a request to start something with an `Idempotency-Key`. Two principals may use the same key. */
export function sentOnce(request: FastifyRequest, { principal }: Access): SentOnce | undefined {
  const key = idempotencyKeyOf(request);
  if (key === undefined) return undefined;
  return {
    runId: `once~${hashOf(`${principal?.id ?? ''}\n${key}`)}`,
    tag: `aiwork:request=${hashOf(toReadableJson(inOneOrder(request.body)))}`,
  };
}

export function idempotencyKeyOf({ headers }: FastifyRequest): string | undefined {
  const key = headers['idempotency-key'];
  return typeof key === 'string' ? key : undefined;
}

/** What a key was used for before is not what it is used for now. */
export function keyReused(): AiworkError {
  return new AiworkError(
    'AIWORK_KEY_REUSED',
    'this Idempotency-Key came with another request before: send that one again as it was, or use a new key',
    { outcome: 'not-applied' },
  );
}

/** The order of members means nothing in JSON. */
function inOneOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOneOrder);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, of]) => [name, inOneOrder(of)] as const);
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, 32);
