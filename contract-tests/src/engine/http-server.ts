import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Address } from './address.ts';

/** A server of this process. */
export interface HttpServer {
  readonly address: Address;
  /** Ends its connections, too, whatever they wait for. */
  close(): Promise<void>;
}

/** Listens at a free port of `host`. Rejects when it cannot. */
export async function openHttpServer(listener: RequestListener, host = '127.0.0.1'): Promise<HttpServer> {
  const server = createServer(listener);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(0, host, resolve);
  await promise;
  return {
    address: { host, port: (server.address() as AddressInfo).port },
    close() {
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeAllConnections();
      return closed;
    },
  };
}
