import type { IncomingMessage } from 'node:http';
import { AiworkError } from '@aiwork/core';
import websocket from '@fastify/websocket';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** What a client asks for, beside its token: this is what it is answered. */
export const eventsProtocol = 'aiwork.events.v1';

const maxMessageBytes = 1024;
/** How long a client may take to answer that a socket is closed. */
const closeTimeoutMs = 3000;

/**
 * What a server is made with: only who asks for a WebSocket asks for another protocol. Many clients would rather speak
 * HTTP/2, and say so: they are answered as they asked. Node knows this from 22.21 and 24.9 on, and refused them before.
 */
export const onlySockets = {
  shouldUpgradeCallback: ({ headers }: IncomingMessage): boolean =>
    headers.upgrade?.toLowerCase() === 'websocket',
};

/** Lets routes take WebSockets; those that take none refuse them. Does nothing where the application does so itself. */
export async function acceptSockets(app: FastifyInstance): Promise<void> {
  if (app.hasDecorator('websocketServer')) return;
  const taking = new Set<string>();
  app.addHook('onRoute', ({ url, wsHandler }) => {
    if (wsHandler) taking.add(url);
  });
  const options = {
    maxPayload: maxMessageBytes,
    closeTimeout: closeTimeoutMs,
    handleProtocols: (offered: Set<string>) => (offered.has(eventsProtocol) ? eventsProtocol : false),
  };
  app.addHook('preClose', async () => {
    for (const socket of app.websocketServer.clients)
      socket.close(1001, 'the server stops: come back with ?after=SEQ');
  });
  await app.register(websocket, { options });
  app.addHook('onRequest', ({ ws, routeOptions: { url = '' } }, _reply, done) => {
    if (ws && !taking.has(url))
      done(Object.assign(new Error('no WebSocket is served here'), { statusCode: 400 }));
    else done();
  });
}

/**
 * Refuses sockets that pages of other sites open: a browser lets any page open one to any host, and says which page it
 * was. What is no browser says nothing.
 *
 * @throws `AIWORK_FORBIDDEN`.
 */
export function checkOrigin({ headers: { origin }, host }: FastifyRequest, allowed: readonly string[]): void {
  if (origin === undefined || allowed.includes('*') || allowed.includes(origin)) return;
  if (URL.canParse(origin) && new URL(origin).host === host) return;
  throw new AiworkError('AIWORK_FORBIDDEN', `pages of ${JSON.stringify(origin)} may open no WebSocket here`);
}
