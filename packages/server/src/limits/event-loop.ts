import underPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';
import { overloaded } from './run-places.ts';

/** Refuses requests while the event loop is late: what is at work already is to come to its end. */
export async function limitEventLoopDelay(app: FastifyInstance, maxDelayMs: number): Promise<void> {
  await app.register(underPressure, {
    maxEventLoopDelay: maxDelayMs,
    pressureHandler: async () => {
      throw overloaded('the server is busy');
    },
  });
}
