import type { Address } from '../../engine/address.ts';
import { type Service, type ServiceFacts, type ServiceSource, serviceSource } from '../../engine/service.ts';
import { startContainer } from '../containers/container.ts';
import { type ServiceOptions, toStderr } from '../containers/progress.ts';
import { addressOf, externalUrl, urlAt } from '../service-url.ts';
import { askRedis } from './ask-redis.ts';

/** @since 0.1.0 */
export interface RedisServiceOptions extends ServiceOptions {
  /**
   * When what was written reaches the disk. The append-only file is always on, so a killed server comes back with what
   * it had; with `everysec` and `no` a machine that goes down loses the last second, or more. Default `always`.
   */
  readonly appendfsync?: 'always' | 'everysec' | 'no';
  /** What clients have to sign in with. Default: nothing. */
  readonly password?: string;
}

/** @since 0.1.0 */
export interface RedisService extends Service {
  /** With the password, where there is one. */
  readonly url: string;
  /** The URL of the same server, reached by another address, such as that of a link. */
  urlAt(address: Address): string;
}

const variable = 'AIWORK_REDIS_URL';
const port = 6379;

/**
 * Redis, in a container of its own that starts when it is first held. With `AIWORK_REDIS_URL` in the environment, the
 * server of that URL instead: then the options say nothing, and it can be neither restarted nor killed.
 *
 * @example
 * ```ts no-run: needs a container engine
 * import { redisService } from '@aiwork/contract-tests/services';
 *
 * await using held = await redisService({ appendfsync: 'everysec' }).hold();
 * console.log(held.service.url, held.service.facts.version);
 * await held.service.kill?.();
 * ```
 * @since 0.1.0
 */
export function redisService(options: RedisServiceOptions = {}): ServiceSource<RedisService> {
  return serviceSource('redis', () => {
    const url = externalUrl(variable, { 'redis:': port, 'rediss:': port });
    return url ? useRedis(url) : startRedis(options);
  });
}

async function startRedis(options: RedisServiceOptions): Promise<RedisService> {
  const { appendfsync = 'always', password, progress = toStderr } = options;
  const anywhere = new URL('redis://localhost');
  anywhere.password = encodeURIComponent(password ?? '');
  const at = (address: Address) => urlAt(anywhere, address);
  const container = await startContainer(
    {
      image: { folder: 'redis', label: 'Redis', image: 'redis:7-alpine', variable: 'AIWORK_REDIS_IMAGE' },
      ports: [port],
      settings: () => ({
        command: [
          ...['redis-server', '--protected-mode', 'no'],
          ...['--appendonly', 'yes', '--appendfsync', appendfsync, '--save', ''],
          ...(password === undefined ? [] : ['--requirepass', password]),
        ],
      }),
      probe: (address) => askRedis(new URL(at(address)), ['PING']),
      startTimeoutMs: 30_000,
      stopTimeoutMs: 10_000,
    },
    progress,
  );
  const { image, addresses, restart, kill, close } = container;
  const [address] = addresses;
  const url = at(address);
  const facts = { ...(await askFacts(new URL(url))), image };
  return { facts, address, url, urlAt: at, restart, kill, close };
}

async function useRedis(url: URL): Promise<RedisService> {
  return {
    facts: await askFacts(url),
    address: addressOf(url),
    url: url.href,
    urlAt: (address) => urlAt(url, address),
    close: () => Promise.resolve(),
  };
}

async function askFacts(url: URL): Promise<ServiceFacts> {
  const info = String(await askRedis(url, ['INFO', 'server']));
  const field = (name: string) => new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1];
  const valkey = field('valkey_version');
  return {
    name: valkey ? 'valkey' : 'redis',
    version: valkey ?? field('redis_version') ?? 'unknown',
    settings: {
      ...(await askSetting(url, 'appendonly')),
      ...(await askSetting(url, 'appendfsync')),
      ...(await askSetting(url, 'maxmemory-policy')),
    },
  };
}

/** A server that others run may keep its settings to itself. */
async function askSetting(url: URL, name: string): Promise<Record<string, string>> {
  const reply = await askRedis(url, ['CONFIG', 'GET', name]).catch(() => undefined);
  return Array.isArray(reply) && reply.length === 2 ? { [name]: String(reply[1]) } : {};
}
