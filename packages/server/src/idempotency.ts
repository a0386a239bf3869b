import { createHash } from 'node:crypto';
import {
  AiworkError,
  hasCode,
  type Orchestrator,
  type Run,
  type RunRecord,
  toReadableJson,
} from '@aiwork/core';
import type { FastifyRequest } from 'fastify';
import type { Access } from './auth/access.ts';

/** What makes a request that is sent again the same one, on every server of a run store and after a restart. */
export interface SentOnce {
  /** The run that it starts. */
  readonly runId: string;
  /** Kept with the run: what the request asked for, as a hash. */
  readonly tag: string;
  /** The run that it asks to be repeated, if any: a repetition has the tags of that one, too. */
  readonly rerunOf?: string | undefined;
}

/**
 * Of a request to start something with an `Idempotency-Key`, or to repeat the run `rerunOf`. Two principals may use the same
 * key.
 */
export function sentOnce(
  request: FastifyRequest,
  { principal }: Access,
  rerunOf?: string,
): SentOnce | undefined {
  const key = idempotencyKeyOf(request);
  if (key === undefined) return undefined;
  return {
    runId: `once~${hashOf(`${principal?.id ?? ''}\n${key}`)}`,
    tag: `aiwork:request=${hashOf(toReadableJson(inOneOrder(request.body ?? {})))}`,
    rerunOf,
  };
}

/** A run that a request asks for, and whether it was begun here and now; else it may be at work in another process. */
export interface Begun {
  readonly run: Run<unknown>;
  readonly isNew: boolean;
}

/**
 * Begins a run; of a request that was sent before, gives the run there is, and takes it up when nobody works on it.
 *
 * @throws `AIWORK_KEY_REUSED` when the key came with another request.
 */
export async function beginOnce(
  orchestrator: Pick<Orchestrator, 'get' | 'resume' | 'open'>,
  once: SentOnce | undefined,
  begin: () => Promise<Run<unknown>>,
): Promise<Begun> {
  try {
    return { run: await begin(), isNew: true };
  } catch (error) {
    if (!once || !hasCode(error, 'AIWORK_RUN_EXISTS')) throw error;
  }
  const record = await orchestrator.get(once.runId);
  if (record && !isOf(once, record)) throw keyReused();
  const run = await orchestrator.resume(once.runId).catch((error) => {
    if (hasCode(error, 'AIWORK_RUN_OWNED')) return orchestrator.open(once.runId);
    throw error;
  });
  return { run, isNew: false };
}

const isOf = ({ tag, rerunOf }: SentOnce, record: RunRecord) =>
  record.tags.includes(tag) && record.rerunOf === rerunOf;

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
