import type { FastifyRequest } from 'fastify';

/** Of a route that can wait for the end of an execution. */
export const preferHeader = {
  prefer: {
    type: 'string',
    description: '`wait=10` waits for the end for 10 seconds at most, as RFC 7240 has it.',
  },
} as const;

/** Of RFC 7240's preferences, `wait`. */
export function preferredWaitMs({ headers }: Pick<FastifyRequest, 'headers'>): number | undefined {
  const { prefer } = headers;
  if (prefer === undefined) return undefined;
  const seconds = /(?:^|[,;\s])wait=(\d{1,9})(?=$|[,;\s])/i.exec(String(prefer))?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
