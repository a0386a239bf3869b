import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Address } from '../../engine/address.ts';
import { type Reply, type Request, readFrames, writeFrame } from './frames.ts';

/** Hears the replies to one request. */
export interface Receiver {
  heard(reply: Reply): void;
  /** The connection broke before the last reply. */
  broke(): void;
}

/** One connection at a time, made again when it breaks. */
export interface Channel {
  /** Resolves when there is a connection, however long that takes. */
  ready(): Promise<void>;
  send(request: Request, receiver: Receiver): void;
  forget(id: number): void;
  /** Breaks the connection there is. */
  drop(): void;
  close(): void;
}

export interface ChannelRules {
  /** Whether a connection that broke is made again. */
  readonly reconnects: boolean;
  /** By what a reply finds who waits for it. */
  readonly pairing: 'id' | 'order';
  /** Called when a connection breaks. */
  readonly onBreak: () => void;
}

const pausesMs = [0, 5, 20, 50] as const;

export function openChannel(address: Address, { reconnects, pairing, onBreak }: ChannelRules): Channel {
  const receivers = new Map<number, Receiver>();
  let socket: Socket | undefined;
  let connecting: Promise<void> | undefined;
  let connections = 0;
  let closed = false;

  async function begin(): Promise<void> {
    for (let tried = 0; !closed && (reconnects || connections === 0); tried += 1) {
      await delay(pausesMs[Math.min(tried, pausesMs.length - 1)]);
      socket = await connectTo(address);
      if (!socket) continue;
      connections += 1;
      listen(socket);
      return;
    }
    // Whoever waits has a deadline.
    await new Promise<never>(() => {});
  }

  function listen(current: Socket): void {
    readFrames<Reply>(current, (reply) => {
      const id = pairing === 'id' ? reply.id : receivers.keys().next().value;
      if (id === undefined) return;
      receivers.get(id)?.heard(reply);
      if (!reply.piece || reply.done) receivers.delete(id);
    });
    current.on('close', () => {
      socket = undefined;
      connecting = undefined;
      if (!closed) onBreak();
      const waiting = [...receivers.values()];
      receivers.clear();
      for (const receiver of waiting) receiver.broke();
    });
  }

  return {
    ready: () => (connecting ??= begin()),
    send(request, receiver) {
      receivers.set(request.id, receiver);
      if (socket) writeFrame(socket, request);
      else receiver.broke();
    },
    forget(id) {
      receivers.delete(id);
    },
    drop() {
      socket?.destroy();
    },
    close() {
      closed = true;
      socket?.destroy();
    },
  };
}

/** `undefined` when it is refused. */
function connectTo(address: Address): Promise<Socket | undefined> {
  const socket = connect({ ...address, noDelay: true });
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(socket));
    socket.on('error', () => resolve(undefined));
  });
}
