import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** What was posted to a receiver. */
export interface Received {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Respond = (response: ServerResponse, request: IncomingMessage) => void;

/** Something that takes webhooks, and can be killed and started again at its address. */
export async function receiver(respond: Respond = (response) => void response.writeHead(204).end()) {
  const received: Received[] = [];
  let answer = respond;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    received.push({
      headers: request.headers as Record<string, string>,
      body: Buffer.concat(chunks).toString(),
    });
    answer(response, request);
  });
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  const kill = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  onTestFinished(async () => {
    if (server.listening) await kill();
  });
  return {
    port,
    url: `http://127.0.0.1:${port}/hooks/very-secret-path`,
    received,
    kill,
    restart: () => listen(port),
    answer: (next: Respond) => {
      answer = next;
    },
  };
}
