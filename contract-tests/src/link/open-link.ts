import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Address } from '../engine/address.ts';
import type { Link } from '../engine/link.ts';
import type { Conditions, PlannedLoss } from './conditions.ts';
import { openWire, type Wire } from './wire.ts';

/**
 * Below the ports that systems give to outgoing connections: nobody takes the port of a link that refuses, and no
 * client that tries it over and over connects to itself.
 */
const ports = { first: 20_000, last: 32_700 } as const;
const maxTries = 50;

/**
 * Opens a link to `target` that listens at `listen`; default: some port of this machine.
 *
 * @throws what listening at `listen` throws, or `EADDRINUSE` when no port is free.
 * @since 0.1.0
 */
export async function openLink(target: Address, listen?: Address): Promise<Link> {
  const conditions: Conditions = { held: false, delayMs: 0, loss: undefined };
  const wires = new Set<Wire>();
  let lastLoss: PlannedLoss | undefined;

  function accept(client: Socket): void {
    const wire = openWire(client, target, conditions, () => wires.delete(wire));
    wires.add(wire);
  }

  function resetAll(): void {
    for (const wire of wires) wire.reset();
  }

  const first = await (listen ? listenAt(listen, accept) : listenSomewhere(accept));
  const { address } = first;
  let server: Server | undefined = first.server;

  async function shut(): Promise<void> {
    const closing = server;
    server = undefined;
    // Connections that were accepted keep a server open.
    const closed = new Promise<void>((resolve) => (closing ? closing.close(() => resolve()) : resolve()));
    resetAll();
    await closed;
  }

  return {
    address,
    async cut() {
      resetAll();
    },
    refuse: shut,
    async blackhole() {
      conditions.held = true;
      for (const wire of wires) wire.move();
    },
    async latency(ms) {
      conditions.delayMs = ms;
    },
    async dropNextReply(after = 0) {
      lastLoss = { after, happened: false };
      conditions.loss = lastLoss;
    },
    dropped: () => lastLoss?.happened ?? false,
    async heal() {
      Object.assign(conditions, { held: false, delayMs: 0, loss: undefined });
      for (const wire of wires) wire.move();
      server ??= (await listenAgain(address, accept)).server;
    },
    close: shut,
  };
}

interface Listening {
  readonly server: Server;
  readonly address: Address;
}

async function listenAt(address: Address, accept: (client: Socket) => void): Promise<Listening> {
  const server = createServer({ noDelay: true, allowHalfOpen: true }, accept);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(address.port, address.host, resolve);
  await promise;
  const bound = server.address();
  const port = typeof bound === 'object' && bound ? bound.port : address.port;
  return { server, address: { host: address.host, port } };
}

async function listenSomewhere(accept: (client: Socket) => void): Promise<Listening> {
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
async function listenAgain(address: Address, accept: (client: Socket) => void): Promise<Listening> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await listenAt(address, accept);
    } catch (error) {
      if (tried === maxTries) throw error;
      await delay(20);
    }
  }
}
