import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that is not the provider's. */
export interface Elsewhere {
  readonly url: string;
  /** What it was asked, as method and path. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

export async function openElsewhere(): Promise<Elsewhere> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close() {
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeAllConnections();
      return closed;
    },
  };
}
