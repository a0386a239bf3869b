import {
  type Contract,
  cacheContract,
  defineSubject,
  runStoreContract,
  stateStoreContract,
  taskQueueContract,
} from '@aiwork/contract-tests';
import { redisService } from '@aiwork/contract-tests/services';
import { type RedisStorage, type RedisStorageOptions, redisStorage } from './src/index.ts';

const timeoutMs = 1500;
const times = { connectTimeoutMs: timeoutMs, commandTimeoutMs: timeoutMs };
const taskQueue = { leaseMs: 2000, maxDeliveries: 3, maxRedeliveryMs: 200, maxJobBytes: 20_000 };
const password = 'pA55-of-the-contract';

interface Setting {
  readonly name: string;
  readonly service: ReturnType<typeof redisService>;
  readonly options: RedisStorageOptions;
}

const settings: readonly Setting[] = [
  { name: 'appendfsync always', service: redisService({ appendfsync: 'always' }), options: {} },
  {
    name: 'appendfsync everysec, password, key prefix',
    service: redisService({ appendfsync: 'everysec', password }),
    options: { keyPrefix: 'tenant-7:' },
  },
];

type Part = 'runStore' | 'stateStore' | 'cache' | 'queue';

/** One part of a storage of its own; closing it closes the connection too. */
function alone<P extends Part>(storage: RedisStorage, part: P): RedisStorage[P] {
  const { close } = storage;
  return { ...storage[part], close, [Symbol.asyncDispose]: close };
}

const subject = <P extends Part>(contract: Contract<RedisStorage[P]>, part: P, setting: Setting) =>
  defineSubject({
    contract,
    name: setting.name,
    package: new URL('./package.json', import.meta.url),
    service: setting.service,
    secrets: [password],
    callDeadlineMs: 2 * timeoutMs,
    async open({ namespace, address, service }) {
      const url = service.urlAt(address);
      return alone(await redisStorage({ url, namespace, ...times, taskQueue, ...setting.options }), part);
    },
  });

export default settings.flatMap((setting) => [
  subject(stateStoreContract, 'stateStore', setting),
  subject(runStoreContract, 'runStore', setting),
  subject(cacheContract, 'cache', setting),
  subject(taskQueueContract, 'queue', setting),
]);
