import { isIP } from 'node:net';
import { invalidArgument } from '@aiwork/core/adapter-kit';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { RedisConnectionOptions } from './options.ts';
import { isReplica } from './redis-errors.ts';

/** A client of ioredis that begins to connect when told to. */
export type Client =
  | { readonly kind: 'single'; readonly redis: Redis }
  | { readonly kind: 'cluster'; readonly redis: Cluster };

export interface Address {
  /** Where the client connects to, without user name and password. */
  readonly where: string;
  readonly client: Client;
}

/** Replies come in the form that version 2 of the protocol gives them. */
type Options = Omit<RedisOptions, 'replyMapping'>;

const shortestRetryMs = 2;
const longestRetryMs = 1000;
/** Balancers and firewalls forget connections that are idle for minutes, and say so to nobody: the next call would be lost. */
const keepAliveMs = 30_000;
/** How long a closing connection waits for the other side to close it too. */
const farewellMs = 50;

/** Doubles from try to try; the jitter keeps clients that lost the same server out of step. */
const retryDelayMs = (tries: number) =>
  Math.min(longestRetryMs, shortestRetryMs * 2 ** (tries - 1)) * (0.5 + Math.random() / 2);

/** @throws `AIWORK_INVALID_ARGUMENT` when the options say no address, or two. */
export function createClient(
  options: RedisConnectionOptions,
  times: { readonly connectTimeoutMs: number; readonly commandTimeoutMs: number },
): Address {
  const shared: Options = {
    keepAlive: keepAliveMs,
    ...options.client,
    lazyConnect: true,
    // What proxies and every server speak; nothing here needs the newer one.
    protocol: 2,
    connectTimeout: times.connectTimeoutMs,
    disconnectTimeout: farewellMs,
    // What was sent when a connection broke may have been done: only who asked knows whether to send it again.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: null,
    // Each would cost a round trip before the first call. A server that is loading says so in its replies.
    enableReadyCheck: false,
    disableClientInfo: true,
  };
  if (options.cluster) return clusterClient(options, options.cluster, shared, times.commandTimeoutMs);
  const address = addressOf(options);
  const redis: Redis = new Redis({
    ...shared,
    ...address.parts,
    // After a failover the address may lead to a replica: the next connection finds the master. Once, since many calls
    // may be refused at a time, and ioredis hangs a listener on the connection for each.
    reconnectOnError: (error) => isReplica(error) && redis.stream.writable,
    // A call waits for a connection by itself, so what ioredis took was sent.
    enableOfflineQueue: false,
    retryStrategy: retryDelayMs,
  });
  limitHandshakes(redis, times.connectTimeoutMs);
  return { where: address.where, client: { kind: 'single', redis } };
}

/** ioredis waits for the answers to AUTH and SELECT for ever (redis/ioredis#634). */
function limitHandshakes(redis: Redis, timeoutMs: number): void {
  let timer: NodeJS.Timeout | undefined;
  const end = () => clearTimeout(timer);
  redis.on('connect', () => {
    end();
    timer = setTimeout(() => redis.stream.destroy(), timeoutMs);
  });
  redis.on('ready', end).on('close', end);
}

function clusterClient(
  { url }: RedisConnectionOptions,
  { nodes, ...cluster }: NonNullable<RedisConnectionOptions['cluster']>,
  shared: Options,
  silenceMs: number,
): Address {
  if (url !== undefined) throw invalidArgument('there are both url and cluster: give one of them');
  if (nodes.length === 0) throw invalidArgument('cluster.nodes is empty: give at least one node');
  const redis = new Cluster([...nodes], {
    ...cluster,
    lazyConnect: true,
    clusterRetryStrategy: retryDelayMs,
    // Anything but 0 sends again what was sent to a node whose connection broke.
    retryDelayOnFailover: 0,
    // Gives up a node that takes what is sent and never answers.
    redisOptions: { ...shared, socketTimeout: silenceMs },
  });
  const first = nodes[0];
  const name =
    typeof first === 'object' ? `${first.host ?? 'localhost'}:${first.port ?? 6379}` : hostOf(String(first));
  return { where: `the Redis cluster at ${name}`, client: { kind: 'cluster', redis } };
}

/** A node given as a URL may hold a password. */
const hostOf = (node: string) => (URL.canParse(node) ? new URL(node).host : node);

interface Parts {
  readonly where: string;
  readonly parts: Options;
}

function addressOf({ url, client = {} }: RedisConnectionOptions): Parts {
  if (url !== undefined) return addressOfUrl(url, client);
  const { path, sentinels, name, host = 'localhost', port = 6379, db = 0 } = client;
  if (path !== undefined && path !== null) return { where: `Redis at ${path}`, parts: {} };
  if (sentinels) return { where: `Redis master ${JSON.stringify(name)} of the sentinels`, parts: {} };
  return { where: `Redis at ${host}:${port}/${db}`, parts: {} };
}

function addressOfUrl(text: string, client: NonNullable<RedisConnectionOptions['client']>): Parts {
  const { tls, path, sentinels } = client;
  if (path || sentinels) {
    throw invalidArgument(`there are both url and client.${path ? 'path' : 'sentinels'}: give one of them`);
  }
  // The URL itself stays out of the errors: it may hold a password.
  const wrong = (what: string) =>
    invalidArgument(
      `the url ${what}: give one like redis://user:password@localhost:6379/0, or rediss:// for TLS`,
    );
  if (typeof text !== 'string' || !URL.canParse(text)) throw wrong('is not a URL');
  const { protocol, hostname, port, username, password, pathname, search } = new URL(text);
  if (protocol !== 'redis:' && protocol !== 'rediss:') throw wrong(`begins with ${protocol}//`);
  if (hostname === '') throw wrong('has no host');
  if (search !== '') throw wrong('has a query, which belongs into the option client');
  const db = /^\/?(\d*)$/.exec(pathname)?.[1];
  if (db === undefined) throw wrong('has a path that is no number of a database');
  const decoded = (part: string) => {
    try {
      return decodeURIComponent(part);
    } catch {
      throw wrong('has a user name or password with a percent sign that is not encoded as %25');
    }
  };
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const address = { port: Number(port || client.port || 6379), db: Number(db || client.db || 0) };
  return {
    where: `Redis at ${hostname}:${address.port}/${address.db}`,
    parts: {
      host,
      ...address,
      ...(username !== '' && { username: decoded(username) }),
      ...(password !== '' && { password: decoded(password) }),
      ...(protocol === 'rediss:' && { tls: { ...(isIP(host) === 0 && { servername: host }), ...tls } }),
    },
  };
}
