import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyInstance } from 'fastify';
import { overloaded } from './run-places.ts';

/** A delay is measured so often. */
const resolutionMs = 10;
const lookEveryMs = 1000;

/**
 * Refuses requests while the event loop is late, on an average over a second: what is at work already is to come to its
 * end. One long turn, such as that of a module that is loaded, is no reason.
 */
export function limitEventLoopDelay(app: FastifyInstance, maxDelayMs: number): void {
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  delays.enable();
  let isLate = false;
  const look = setInterval(() => {
    // Where nothing was measured, nothing is known that was not known before.
    if (delays.count > 0) isLate = delays.mean / 1e6 - resolutionMs > maxDelayMs;
    delays.reset();
  }, lookEveryMs);
  look.unref();
  app.addHook('onClose', async () => {
    clearInterval(look);
    delays.disable();
  });
  app.addHook('onRequest', (_request, _reply, done) => {
    if (isLate) done(overloaded('the server is busy'));
    else done();
  });
}
