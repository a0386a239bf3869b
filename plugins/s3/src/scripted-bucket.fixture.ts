import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** The connection ends instead. */
  readonly broken?: true;
}

/** Stands for a bucket that has nothing and heeds conditions, while nothing else is asked of it. */
export const emptyBucket = ({ method }: Seen): Reply =>
  method === 'PUT'
    ? { status: 412, body: '<Error><Code>PreconditionFailed</Code></Error>' }
    : { status: 404 };

/** A server that answers what a test says, and what it was asked. Two requests open a cache. */
export async function scriptedBucket(answer: (seen: Seen, count: number) => Reply) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    seen.push({ method, url, headers });
    request.resume().on('end', () => {
      const reply = answer({ method, url, headers }, seen.length);
      if (reply.broken) request.socket.destroy();
      else response.writeHead(reply.status, reply.headers).end(method === 'HEAD' ? undefined : reply.body);
    });
  }).listen(0, '127.0.0.1');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { seen, endpoint: `http://127.0.0.1:${port}`, port };
}
