import { diskCache } from './disk-cache.ts';

// A process that writes: `disk-writer.fixture.ts PATH NAME ROUNDS LIMITS`. It tells each number once it was written.
const [path = '', name = '', rounds = '', limits = '{}'] = process.argv.slice(2);
const cache = diskCache({ path, busyTimeoutMs: 60_000, ...JSON.parse(limits) });
for (let n = 0; n < Number(rounds); n += 1) {
  await cache.set(`${name} ${n}`, new Uint8Array(1000).fill(n % 256));
  await new Promise((resolve) => process.send?.(n, resolve));
}
await cache.close();
process.disconnect();
