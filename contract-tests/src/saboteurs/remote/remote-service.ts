import type { Server, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { AiworkError } from '@aiwork/core';
import type { AnyAdapter } from '../../engine/any-adapter.ts';
import type { Service } from '../../engine/service.ts';
import { listenAgain, listenSomewhere } from '../../link/listening.ts';
import { type Reply, type Request, readFrames, writeFrame } from './frames.ts';

/** What a service does with a call before it answers. A saboteur puts another in its place. */
export type Perform = (call: () => Promise<unknown>, request: Request) => Promise<unknown>;

/** What outlives every restart. */
export interface Disk {
  /** What is kept for a namespace. */
  of(namespace: string): AnyAdapter;
  clear(): void;
}

export interface RemoteParts {
  /** Makes what is kept for one namespace. */
  readonly create: () => AnyAdapter;
  readonly perform?: Perform;
  /** Called while the service is down. */
  readonly onDown?: (how: 'restart' | 'kill', disk: Disk) => void;
}

const piece = 100;
const downMs = 20;

/** Serves adapters over TCP, each call as it comes. */
export async function startRemoteService(parts: RemoteParts): Promise<Service> {
  const { create, perform = (call) => call(), onDown = () => {} } = parts;
  const disk = openDisk(create);
  const clients = new Set<Socket>();
  const working = new Set<Promise<void>>();

  async function answer(socket: Socket, request: Request): Promise<void> {
    const { id, namespace, method, args } = request;
    const say = (reply: Omit<Reply, 'id'>) => {
      if (socket.writable) writeFrame(socket, { id, ...reply });
    };
    try {
      const adapter = disk.of(namespace) as unknown as Record<string, (...all: unknown[]) => unknown>;
      const result = await perform(async () => adapter[method]?.(...args), request);
      if (!isListing(result)) return say({ value: result });
      let items: unknown[] = [];
      for await (const item of result) {
        if (items.push(item) < piece) continue;
        say({ piece: items });
        items = [];
        // Nobody reads a listing in one go.
        await delay(1);
      }
      say({ piece: items, done: true });
    } catch (error) {
      say({ error: describe(error) });
    }
  }

  function accept(socket: Socket): void {
    clients.add(socket);
    socket
      .on('close', () => clients.delete(socket))
      .on('error', () => {})
      .on('end', () => socket.end());
    readFrames<Request>(socket, (request) => {
      const work = answer(socket, request).finally(() => working.delete(work));
      working.add(work);
    });
  }

  const first = await listenSomewhere(accept);
  let server: Server = first.server;

  async function stop(): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of clients) socket.resetAndDestroy();
    await closed;
  }

  async function goDown(how: 'restart' | 'kill'): Promise<void> {
    await stop();
    onDown(how, disk);
    await delay(downMs);
    server = (await listenAgain(first.address, accept)).server;
  }

  return {
    facts: { name: 'reference', version: '1', settings: {} },
    address: first.address,
    async restart() {
      await Promise.all(working);
      await goDown('restart');
    },
    kill: () => goDown('kill'),
    close: stop,
  };
}

function openDisk(create: () => AnyAdapter): Disk {
  const adapters = new Map<string, AnyAdapter>();
  return {
    of(namespace) {
      const adapter = adapters.get(namespace) ?? create();
      adapters.set(namespace, adapter);
      return adapter;
    },
    clear: () => adapters.clear(),
  };
}

function isListing(result: unknown): result is AsyncIterable<unknown> {
  return typeof result === 'object' && result !== null && Symbol.asyncIterator in result;
}

function describe(error: unknown): Readonly<Record<string, unknown>> {
  if (!AiworkError.isInstance(error)) return { code: 'AIWORK_STORE_FAILED', message: String(error) };
  const { code, message, outcome, retryable } = error;
  return { code, message, outcome, retryable };
}
