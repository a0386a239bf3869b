import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

/** What an answer is told by from others at the same address. */
export function entityTag(content: string | Buffer): string {
  return `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
}

/** Whether a client has the answer with this tag. A proxy that compresses answers makes their tags weak. */
export function isKnown({ headers }: FastifyRequest, tag: string): boolean {
  const known = headers['if-none-match'];
  if (known === undefined) return false;
  return known.split(',').some((each) => each.trim() === '*' || each.trim().replace(/^W\//, '') === tag);
}
