import { AiworkError } from '@aiwork/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Auditor } from '../audit/auditor.ts';
import { type Authenticator, tokenIn } from './authenticator.ts';
import { type Action, isAllowed, type Principal } from './principal.ts';

/** Who asks, and what it may do. */
export interface Access {
  /** Nothing where everybody may do everything. */
  readonly principal?: Principal;
  mayDo(unitId: string, action: Action): boolean;
}

export type AccessOf = (request: FastifyRequest) => Access;

const everybody: Access = { mayDo: () => true };

/** Refuses requests of nobody, before their body is read; tells who the others are of. */
export function guardAccess(
  app: FastifyInstance,
  authenticators: readonly Authenticator[],
  audited: Auditor,
): AccessOf {
  if (authenticators.length === 0) return () => everybody;
  const known = new WeakMap<FastifyRequest, Access>();
  app.addHook('onRequest', async (request, reply) => {
    const token = tokenIn(request.headers);
    const principal = token === undefined ? undefined : await find(authenticators, token);
    if (principal) {
      known.set(request, { principal, mayDo: (unitId, action) => isAllowed(principal, unitId, action) });
      return;
    }
    // What it goes on sending is not read.
    reply.header('connection', 'close');
    reply.header('www-authenticate', token === undefined ? 'Bearer' : 'Bearer error="invalid_token"');
    const unknown = new AiworkError(
      'AIWORK_UNAUTHENTICATED',
      token === undefined
        ? 'no token was sent: send one as Authorization: Bearer TOKEN, or as X-API-Key'
        : 'the token is not valid',
    );
    await audited(request, 'authenticate', () => Promise.reject(unknown));
  });
  return (request) => {
    const access = known.get(request);
    if (!access) throw new Error('a request that nobody let in has come to a route');
    return access;
  };
}

async function find(authenticators: readonly Authenticator[], token: string): Promise<Principal | undefined> {
  for (const authenticator of authenticators) {
    const principal = await authenticator.authenticate(token);
    if (principal) return principal;
  }
  return undefined;
}
