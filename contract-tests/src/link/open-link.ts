import type { Server, Socket } from 'node:net';
import type { Address } from '../engine/address.ts';
import type { Link } from '../engine/link.ts';
import type { Conditions, PlannedLoss } from './conditions.ts';
import { listenAgain, listenAt, listenSomewhere } from './listening.ts';
import { openWire, type Wire } from './wire.ts';

/**
 * Opens a link to `target` that listens at `listen`; default: some port of this machine.
 *
 * @throws what listening at `listen` throws, or `EADDRINUSE` when no port is free.
 * @example
 * ```ts
 * import { openLink } from '@aiwork/contract-tests';
 *
 * const link = await openLink({ host: '127.0.0.1', port: 6379 });
 * console.log(link.address.host); // 127.0.0.1
 * await link.close();
 * ```
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
    async dropNextReply({ after = 0, hold = false } = {}) {
      lastLoss = { after, hold, happened: false };
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
