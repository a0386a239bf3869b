import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import {
  type HeldService,
  type SchemaRegistryService,
  schemaRegistryService,
} from '../src/services/index.ts';
import { describeWithEngine } from './with-engine.fixture.ts';

// The first run on a machine may have to install an engine and build images.
const coldStartMs = 10 * 60_000;
vi.setConfig({ testTimeout: 60_000 });

let held: HeldService<SchemaRegistryService>;

beforeAll(async () => {
  held = await schemaRegistryService().hold();
}, coldStartMs);
afterAll(() => held.release());

async function ask(path: string, body?: unknown): Promise<unknown> {
  const headers = { 'content-type': 'application/vnd.schemaregistry.v1+json' };
  const post = { method: 'POST', body: JSON.stringify(body), headers };
  const answer = await fetch(`${held.service.url}${path}`, body === undefined ? {} : post);
  return answer.json();
}

describeWithEngine('schemaRegistryService', () => {
  it('keeps schemas and gives them by their ids, until it is restarted', async () => {
    const schema = JSON.stringify({ type: 'record', name: 'Mail', fields: [{ name: 'to', type: 'string' }] });
    expect(await ask('/subjects/mail-value/versions', { schema })).toEqual({ id: expect.any(Number) });
    expect(await ask('/subjects')).toEqual(['mail-value']);
    expect(await ask('/schemas/ids/1')).toMatchObject({ schema });
    await held.service.restart?.();
    expect(await ask('/subjects')).toEqual([]);
  });

  it('says which it is, and gives the URL of the same registry behind another address', () => {
    const { facts, urlAt } = held.service;
    expect(facts).toMatchObject({ name: 'apicurio-registry', version: '2.6.13.Final' });
    expect(urlAt({ host: 'link', port: 4711 })).toBe('http://link:4711/apis/ccompat/v7');
  });
});
