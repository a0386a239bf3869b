import { defineSubject, taskQueueContract } from '@aiwork/contract-tests';
import { contractTests } from '@aiwork/contract-tests/vitest';
import { redisService } from '@aiwork/contract-tests/services';
import { openQueue } from './queue.fixture.ts';

const password = 'pA55-of-the-contract';
const of = (name: string, service: ReturnType<typeof redisService>, more: object) =>
  defineSubject({
    contract: taskQueueContract,
    name,
    package: new URL('../../package.json', import.meta.url),
    service,
    secrets: [password],
    callDeadlineMs: 2000,
    open: ({ namespace, address, service }) =>
      openQueue({
        url: service.urlAt(address),
        namespace,
        commandTimeoutMs: 1000,
        connectTimeoutMs: 1000,
        taskQueue: { leaseMs: 1000, minRedeliveryMs: 20, maxRedeliveryMs: 200, maxDeliveries: 3, maxJobBytes: 20_000 },
        ...more,
      }),
  });
contractTests([
  of('always', redisService({ appendfsync: 'always' }), { durability: 'service-kill' }),
  of('everysec', redisService({ appendfsync: 'everysec', password }), { keyPrefix: 'tenant-7:' }),
]);
