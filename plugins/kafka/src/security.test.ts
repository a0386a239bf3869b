import { rootCertificates } from 'node:tls';
import { inspect } from 'node:util';
import { type SecuredKafkaService, securedKafkaService } from '@aiwork/contract-tests/services';
import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  Kafka,
  logLevel,
  ResourcePatternTypes,
} from 'kafkajs';
import { describe, expect, it, vi } from 'vitest';
import { errorOf, freshQueue, jobsOf, serverOf, worker } from './kafka-server.fixture.ts';
import type { KafkaOptions } from './options.ts';

vi.setConfig({ testTimeout: 240_000 });

const server = serverOf(securedKafkaService());
const callTimeoutMs = 15_000;

/** How a user of this Kafka comes to it. */
function as(user: 'admin' | 'guest', more: Partial<KafkaOptions> = {}): KafkaOptions {
  const service = server.service();
  const { username, password } = service[user];
  const tls = { ca: service.certificate };
  return { sasl: { mechanism: 'plain', username, password }, tls, callTimeoutMs, ...more };
}

/** Allows the guest what is named, on what begins with the prefix. */
async function allow(
  prefix: string,
  allowed: readonly (readonly [AclResourceTypes, AclOperationTypes])[],
): Promise<void> {
  const { brokers, certificate, admin: user }: SecuredKafkaService = server.service();
  const admin = new Kafka({
    brokers: [...brokers],
    ssl: { ca: certificate },
    sasl: { mechanism: 'plain', ...user },
    logLevel: logLevel.NOTHING,
  }).admin();
  await admin.connect();
  await admin.createAcls({
    acl: allowed.map(([resourceType, operation]) => ({
      resourceType,
      resourceName: prefix,
      resourcePatternType: ResourcePatternTypes.PREFIXED,
      principal: 'User:guest',
      host: '*',
      operation,
      permissionType: AclPermissionTypes.ALLOW,
    })),
  });
  await admin.disconnect();
}

/** Nothing that an error shows, however it is looked at, holds a password. */
function expectNoSecret(error: unknown): void {
  const { admin, guest } = server.service();
  const shown = `${inspect(error, { depth: 20, showHidden: true })} ${JSON.stringify(error)} ${String(error)}`;
  for (const secret of [admin.password, guest.password, 'wrong-password']) {
    expect(shown).not.toContain(secret);
    expect(shown).not.toContain(Buffer.from(secret).toString('base64'));
  }
}

const { TOPIC, GROUP, TRANSACTIONAL_ID } = AclResourceTypes;
const { READ, WRITE, DESCRIBE, CREATE } = AclOperationTypes;
const topicsOfTheReadme = [READ, WRITE, DESCRIBE, CREATE].map((operation) => [TOPIC, operation] as const);
const groupsOfTheReadme = [READ, DESCRIBE].map((operation) => [GROUP, operation] as const);
const transactionsOfTheReadme = [WRITE, DESCRIBE].map((operation) => [TRANSACTIONAL_ID, operation] as const);

describe('a Kafka with passwords, TLS and ACLs', () => {
  it('is worked with, dead letters and putting back included, by who has the rights that the README lists', async () => {
    const topicPrefix = 'allowed.';
    await allow(topicPrefix, [...topicsOfTheReadme, ...groupsOfTheReadme, ...transactionsOfTheReadme]);
    const { queue } = await server.tasks(as('guest', { topicPrefix, maxDeliveries: 1 }));
    const name = freshQueue();
    await queue.enqueue(jobsOf(name, 3));
    const seen: string[] = [];
    worker(queue, { queues: [name] }, async ({ id }) => {
      seen.push(id);
      if (seen.length === 1) throw new Error('not today');
    });
    await vi.waitUntil(async () => (await queue.depth(name, 'workers')).deadLettered === 1, 60_000);
    const { items } = await queue.deadLetters(name, 'workers');
    expect(await queue.redrive(name, 'workers', [items[0]?.id ?? ''])).toBe(1);
    await vi.waitUntil(() => seen.length >= 4, 60_000);
  });

  it.each([
    [
      'the password is wrong',
      { sasl: { mechanism: 'plain', username: 'guest', password: 'wrong-password' } },
      'it refused the user name or password: check sasl',
    ],
    [
      'the mechanism is not one of its own',
      { sasl: { mechanism: 'scram-sha-256', username: 'guest', password: 'wrong-password' } },
      'check sasl.mechanism',
    ],
    [
      'its certificate is not trusted',
      { tls: { ca: rootCertificates[0] } },
      'its certificate is not trusted: check tls.ca',
    ],
    [
      'the system knows nothing of its certificate',
      { tls: true },
      'its certificate is not trusted: check tls.ca',
    ],
  ] as const)('refuses whom it does not know in time, when %s', async (_, wrong, advice) => {
    const begun = performance.now();
    const error = await errorOf(server.tasks({ ...as('guest'), ...wrong }));
    expect(performance.now() - begun).toBeLessThan(callTimeoutMs + 1000);
    expect(error).toMatchObject({ code: 'AIWORK_QUEUE_FAILED', retryable: false });
    expect(error).toHaveProperty('message', expect.stringContaining(advice));
    expectNoSecret(error);
  });

  it.each([
    ['no TLS', { tls: undefined }],
    ['no user', { sasl: undefined }],
  ])('ends in time who comes with %s, and says what to look at', async (_, wrong) => {
    const { sasl, tls, ...options } = { ...as('guest'), ...wrong };
    const error = await errorOf(server.tasks({ ...options, ...(sasl && { sasl }), ...(tls && { tls }) }));
    expect(error).toMatchObject({ code: 'AIWORK_QUEUE_FAILED' });
    expect(error).toHaveProperty(
      'message',
      expect.stringContaining('check that the brokers run, and their addresses, tls and sasl'),
    );
    expectNoSecret(error);
  });

  it('names the topic that an ACL forbids, at once', async () => {
    const { queue } = await server.tasks(as('guest', { topicPrefix: 'forbidden.' }));
    const { signal } = new AbortController();
    const consumption = { queues: ['orders'], group: 'workers', concurrency: 1, signal };
    const calls = [
      () => queue.enqueue(jobsOf('orders', 1)),
      () => queue.consume(consumption, async () => {}),
    ];
    for (const call of calls) {
      const begun = performance.now();
      const error = await errorOf(call());
      expect(performance.now() - begun).toBeLessThan(callTimeoutMs);
      expect(error).toMatchObject({ code: 'AIWORK_QUEUE_FAILED', retryable: false, outcome: 'not-applied' });
      expect(error).toHaveProperty('message', expect.stringMatching(/forbidden\.orders.*its ACL/));
      expectNoSecret(error);
    }
  });

  it('names the topic that may be read and not written, and the group that may not be joined', async () => {
    const topicPrefix = 'read-only.';
    await allow(
      topicPrefix,
      [READ, DESCRIBE, CREATE].map((operation) => [TOPIC, operation] as const),
    );
    const { queue } = await server.tasks(as('guest', { topicPrefix }));
    const refused = await errorOf(queue.enqueue(jobsOf('orders', 1)));
    expect(refused).toMatchObject({ code: 'AIWORK_QUEUE_FAILED', retryable: false, outcome: 'not-applied' });
    expect(refused).toHaveProperty('message', expect.stringMatching(/its ACL.*topic/));
    const { signal } = new AbortController();
    const begun = performance.now();
    const error = await errorOf(
      queue.consume({ queues: ['orders'], group: 'billing', concurrency: 1, signal }, async () => {}),
    );
    expect(performance.now() - begun).toBeLessThan(callTimeoutMs);
    expect(error).toMatchObject({ code: 'AIWORK_QUEUE_FAILED', retryable: false });
    expect(error).toHaveProperty('message', expect.stringMatching(/billing.*its ACL.*group/));
    for (const each of [refused, error]) expectNoSecret(each);
  });

  it('goes on with its workers after it was restarted', async () => {
    const { queue } = await server.tasks(as('admin'));
    const name = freshQueue();
    const seen: string[] = [];
    worker(queue, { queues: [name] }, async ({ id }) => {
      seen.push(id);
    });
    await queue.enqueue(jobsOf(name, 1));
    await vi.waitUntil(() => seen.length >= 1, 60_000);
    await server.service().restart?.();
    await vi.waitFor(() => queue.enqueue(jobsOf(name, 1, () => ({ id: 'after' }))), 60_000);
    await vi.waitUntil(() => seen.includes('after'), 60_000);
  });
});
