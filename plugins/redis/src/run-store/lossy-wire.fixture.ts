import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A wire to the server of `url` that can lose a reply: the server did what it was asked, and nobody is told. */
export async function openLossyWire(url: string) {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let lose: (() => void) | undefined;
  let refusing = false;
  const server = createServer((client) => {
    const service = connect(Number(target.port), target.hostname);
    const pair = [client, service];
    const end = () => {
      for (const socket of pair) {
        socket.destroy();
        sockets.delete(socket);
      }
    };
    if (refusing) return end();
    for (const socket of pair) {
      sockets.add(socket);
      socket.on('error', end).on('close', end);
    }
    client.pipe(service);
    service.on('data', (reply) => {
      if (lose) {
        refusing = true;
        end();
        lose();
        lose = undefined;
      } else client.write(reply);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    url: Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href,
    /** Loses the next reply, resolves when it has, and lets nobody in again until it is told to. */
    loseNextReply() {
      return new Promise<void>((resolve) => {
        lose = resolve;
      });
    },
    letIn() {
      refusing = false;
    },
  };
}
