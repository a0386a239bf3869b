// Runs in a process of its own: writes what a run's readers are sent, and nothing else is done for them.
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

let parts: readonly string[] = [];
let readers: ServerResponse[] = [];

export async function serve(): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', connection: 'close' });
    response.write('data: first\n\n');
    readers.push(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What readers are sent, in so many parts. */
export function prepare(text: string, count: number): void {
  const blocks = text.split(/(?<=\n\n)/);
  const size = Math.ceil(blocks.length / count);
  parts = Array.from({ length: count }, (_, i) => blocks.slice(i * size, (i + 1) * size).join(''));
  readers = [];
}

/** Sends them the parts, at even distances. */
export async function go(everyMs: number): Promise<void> {
  for (const part of parts) {
    await delay(everyMs);
    const bytes = Buffer.from(part);
    for (const reader of readers) reader.write(bytes);
  }
  for (const reader of readers) reader.end();
}

/** Processor time so far, of all threads, in microseconds. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
