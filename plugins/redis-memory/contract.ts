import { defineSubject, memoryContract } from '@aiwork/contract-tests';
import { redisService } from '@aiwork/contract-tests/services';
import { createRedisMemory } from './src/index.ts';

const commandTimeoutMs = 1500;
const password = 'pA55-of-the-memory';

export default defineSubject({
  contract: memoryContract,
  name: 'words and vectors, password, key prefix',
  package: new URL('./package.json', import.meta.url),
  service: redisService({ password }),
  secrets: [password],
  callDeadlineMs: 2 * commandTimeoutMs,
  open: ({ namespace, address, service: { urlAt } }) =>
    createRedisMemory({
      url: urlAt(address),
      namespace,
      keyPrefix: 'tenant-7:',
      connectTimeoutMs: commandTimeoutMs,
      commandTimeoutMs,
      maxTextBytes: 65_536,
      vectors: { dimensions: 5 },
    }),
});
