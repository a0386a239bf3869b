import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type HeldService,
  type SchemaRegistryService,
  schemaRegistryService,
} from '@aiwork/contract-tests/services';
import { afterAll, beforeAll } from 'vitest';
import { z } from 'zod';

const version = z.object({ id: z.number(), schema: z.string(), schemaType: z.string().optional() });

let names = 0;

/** Name of a subject that no other test has. */
export function freshSubject(): string {
  names += 1;
  return `subject-${process.pid}-${names}-${Date.now()}`;
}

/** A registry that the tests of a file share. */
export function registryServer() {
  let held: HeldService<SchemaRegistryService> | undefined;
  beforeAll(async () => {
    held = await schemaRegistryService().hold();
  }, 600_000);
  const doors: Server[] = [];
  afterAll(async () => {
    for (const door of doors) {
      door.closeAllConnections();
      door.close();
    }
    await held?.release();
  });

  function url(): string {
    if (!held) throw new Error('the registry runs while tests do, and not while they are collected');
    return held.service.url;
  }

  return {
    url,
    /** What the registry itself says. */
    async latest(subject: string) {
      const answer = await fetch(`${url()}/subjects/${subject}/versions/latest`);
      return version.parse(await answer.json());
    },
    /** What only those who look after a registry do. */
    async setCompatibility(subject: string, compatibility: string): Promise<void> {
      const body = JSON.stringify({ compatibility });
      const headers = { 'content-type': 'application/vnd.schemaregistry.v1+json' };
      const { ok } = await fetch(`${url()}/config/${subject}`, { method: 'PUT', body, headers });
      if (!ok) throw new Error(`the registry did not take the compatibility ${compatibility}`);
    },
    /** The registry behind a door of its own. */
    async door() {
      let state: 'open' | 'shut' | 'silent' | { readonly status: number } = 'open';
      let asked = 0;
      const server = createServer(async (request, response) => {
        asked += 1;
        if (state === 'silent') return;
        if (state === 'shut') {
          request.socket.destroy();
          return;
        }
        if (state !== 'open') {
          response.writeHead(state.status).end('<p>no');
          return;
        }
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk);
        const { method = 'GET', headers } = request;
        const answer = await fetch(`${url()}${request.url}`, {
          method,
          headers: { 'content-type': headers['content-type'] ?? '' },
          ...(method !== 'GET' && { body: Buffer.concat(chunks) }),
        });
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      doors.push(server);
      const { port } = server.address() as AddressInfo;
      return {
        url: `http://127.0.0.1:${port}`,
        asked: () => asked,
        set(next: typeof state) {
          state = next;
          server.closeAllConnections();
        },
      };
    },
  };
}
