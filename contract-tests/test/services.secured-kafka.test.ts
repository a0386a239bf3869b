import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import {
  type HeldService,
  type KafkaUser,
  type SecuredKafkaService,
  securedKafkaService,
} from '../src/services/index.ts';
import { describeWithEngine } from './with-engine.fixture.ts';

// The first run on a machine may have to install an engine and build images.
const coldStartMs = 10 * 60_000;
vi.setConfig({ testTimeout: 60_000 });

let held: HeldService<SecuredKafkaService>;

beforeAll(async () => {
  held = await securedKafkaService().hold();
}, coldStartMs);
afterAll(() => held.release());

async function adminOf(user: KafkaUser, ssl: true | { readonly ca: string }) {
  const admin = new Kafka({
    brokers: [...held.service.brokers],
    sasl: { mechanism: 'plain', ...user },
    ssl,
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  }).admin();
  onTestFinished(() => admin.disconnect());
  await admin.connect();
  return admin;
}

describeWithEngine('securedKafkaService', () => {
  it('lets an admin do anything, over restarts with the same certificate', async () => {
    const { admin: user, certificate: ca } = held.service;
    const admin = await adminOf(user, { ca });
    expect(await admin.createTopics({ topics: [{ topic: 'made' }] })).toBe(true);
    await held.service.restart?.();
    const again = await adminOf(user, { ca });
    expect(await again.listTopics()).toContain('made');
  });

  it('shows a guest nothing', async () => {
    const { guest, certificate: ca } = held.service;
    const admin = await adminOf(guest, { ca });
    expect(await admin.listTopics()).toEqual([]);
    await expect(admin.createTopics({ topics: [{ topic: 'never' }] })).rejects.toThrow();
  });

  it('keeps out who has a wrong password, or no reason to trust it', async () => {
    const { guest, certificate: ca } = held.service;
    await expect(adminOf({ ...guest, password: 'wrong' }, { ca })).rejects.toThrow('Invalid username');
    await expect(adminOf(guest, true)).rejects.toThrow('self-signed certificate');
  });

  it('says no secret where it says what it is', () => {
    const { facts, admin, guest } = held.service;
    const said = JSON.stringify(facts);
    for (const { password } of [admin, guest]) expect(said).not.toContain(password);
  });
});
