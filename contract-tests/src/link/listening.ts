import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Address } from '../engine/address.ts';

/**
 * Below the ports that systems give to outgoing connections: nobody takes the port of a server that is away for a
 * while, and no client that tries it over and over connects to itself.
 */
const ports = { first: 20_000, last: 32_700 } as const;
const maxTries = 50;
const pauseMs = 20;

interface Listening {
  readonly server: Server;
  readonly address: Address;
}

export async function listenAt(address: Address, accept: (client: Socket) => void): Promise<Listening> {
  const server = createServer({ noDelay: true, allowHalfOpen: true }, accept);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(address.port, address.host, resolve);
  await promise;
  return { server, address };
}

/** @throws `EADDRINUSE` when no port is free. */
export async function listenSomewhere(accept: (client: Socket) => void): Promise<Listening> {
  for (let tried = 1; ; tried += 1) {
    const port = ports.first + Math.floor(Math.random() * (ports.last - ports.first));
    try {
      return await listenAt({ host: '127.0.0.1', port }, accept);
    } catch (error) {
      if (tried === maxTries) throw error;
    }
  }
}

/** A system may hold on to a port for a moment after it was closed. */
export async function listenAgain(address: Address, accept: (client: Socket) => void): Promise<Listening> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await listenAt(address, accept);
    } catch (error) {
      if (tried === maxTries) throw error;
      await delay(pauseMs);
    }
  }
}
