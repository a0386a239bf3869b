import type { FastifyInstance } from 'fastify';

/** Less than this the system takes for a client, whatever that does. */
const smallBytes = 16 * 1024;

/** Cuts off clients that take nothing of an answer for some time: until they do, it is kept for them. */
export function cutOffStalled(
  app: FastifyInstance,
  { stallMs = 60_000 }: { readonly stallMs?: number } = {},
): void {
  app.addHook('onSend', (_request, { raw }, payload, done) => {
    const isLarge = typeof payload === 'string' ? payload.length > smallBytes : Boolean(payload);
    // When the answer is out, Node sets the time to wait for the next request.
    if (isLarge) raw.setTimeout(stallMs, () => raw.destroy());
    done(null, payload);
  });
}
