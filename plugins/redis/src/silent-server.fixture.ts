import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

type Answer = (command: readonly string[], connection: number) => string | undefined;

interface FakeServer {
  readonly url: string;
  /** How many there have been. */
  connections(): number;
  /** Ends every connection. */
  cut(): void;
}

/** Something that speaks the protocol of Redis and answers as it is told, in the protocol's own form, or not at all. */
export async function fakeServer(answer: Answer): Promise<FakeServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    const connection = connections;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (data) => {
      for (const command of commandsIn(data.toString())) {
        const reply = answer(command, connection);
        if (reply !== undefined) socket.write(`${reply}\r\n`);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  function cut(): void {
    for (const socket of sockets) socket.destroy();
  }
  onTestFinished(() => {
    cut();
    server.close();
  });
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
    cut,
  };
}

/** Commands come whole, and none of their words holds a line break. */
function commandsIn(text: string): readonly (readonly string[])[] {
  return text
    .split(/^\*\d+\r\n/m)
    .slice(1)
    .map((command) => command.split('\r\n').filter((_line, index) => index % 2 === 1));
}

export const bulk = (text: string) => `$${Buffer.byteLength(text)}\r\n${text}`;
