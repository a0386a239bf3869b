import { normalizeIP } from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import type { AccessOf } from '../auth/access.ts';

/** Whose requests are counted together: those of a principal, or of an address where there are none. */
export const whoAsks = (accessOf: AccessOf) => (request: FastifyRequest) =>
  accessOf(request).principal?.id ?? normalizeIP(request.ip);
