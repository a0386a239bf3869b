import { AiworkError, type Durability } from '@aiwork/core';
import { invalidArgument } from '@aiwork/core/adapter-kit';
import type { Connection } from './connection.ts';
import { isForbidden } from './redis-errors.ts';

/** What a server says about itself; what it does not tell is absent. @since 0.1.0 */
export interface ServerFacts {
  /** What its settings let acknowledged writes survive. */
  readonly durability?: Durability;
  /** Which keys it gives up when its memory is full. */
  readonly evictionPolicy?: string;
}

const oldest = [6, 2] as const;
const settings = [
  'appendonly',
  'appendfsync',
  'no-appendfsync-on-rewrite',
  'save',
  'maxmemory-policy',
] as const;
type Settings = Readonly<Partial<Record<(typeof settings)[number], string>>>;

/**
 * Asks a server for what promises depend on.
 *
 * @throws `AIWORK_STORE_FAILED` when it is a replica, or too old.
 */
export async function readServerFacts(connection: Connection): Promise<ServerFacts> {
  const [info, config] = await Promise.all([readInfo(connection), readSettings(connection)]);
  const unfit = unfitness(info);
  if (unfit !== undefined) {
    throw new AiworkError('AIWORK_STORE_FAILED', `${connection.where} ${unfit}`, { outcome: 'not-applied' });
  }
  const durability = durabilityOf(config);
  const evictionPolicy = config['maxmemory-policy'];
  return {
    ...(durability !== undefined && { durability }),
    ...(evictionPolicy !== undefined && { evictionPolicy }),
  };
}

/**
 * The durability to declare.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when `claimed` is more than the server's settings keep.
 */
export function declaredDurability(
  claimed: Durability | undefined,
  known: Durability | undefined,
): Durability {
  const order: readonly Durability[] = ['process', 'service-restart', 'service-kill'];
  if (claimed !== undefined && !order.includes(claimed)) {
    throw invalidArgument(
      `durability is ${JSON.stringify(claimed)}: give ${order.map((name) => `'${name}'`).join(' or ')}`,
    );
  }
  if (claimed !== undefined && known !== undefined && order.indexOf(claimed) > order.indexOf(known)) {
    throw invalidArgument(
      `durability is '${claimed}' and the settings of the server keep '${known}': change appendonly and appendfsync, or claim less`,
    );
  }
  return claimed ?? known ?? 'process';
}

function unfitness(info: string | undefined): string | undefined {
  if (info === undefined) return undefined;
  const version = /^redis_version:(\S+)/m.exec(info)?.[1] ?? '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
    return `is Redis ${version}: use ${oldest.join('.')} or newer`;
  }
  return /^role:slave/m.test(info) ? 'is a replica, which takes no writes: connect to the master' : undefined;
}

function durabilityOf(config: Settings): Durability | undefined {
  const { appendonly, appendfsync, save, 'no-appendfsync-on-rewrite': noSync } = config;
  if (appendonly === 'yes') {
    return appendfsync === 'always' && noSync === 'no' ? 'service-kill' : 'service-restart';
  }
  if (appendonly === undefined || save === undefined) return undefined;
  return save === '' ? 'process' : 'service-restart';
}

async function readInfo(connection: Connection): Promise<string | undefined> {
  const ask = (section: string) =>
    connection.send<string>({ name: 'INFO', what: 'say what it is', lostReply: 'repeat' }, [], [section]);
  const parts = await unlessDenied(Promise.all([ask('server'), ask('replication')]));
  return parts?.join('\n');
}

async function readSettings(connection: Connection): Promise<Settings> {
  const command = { name: 'CONFIG', what: 'tell its settings', lostReply: 'repeat' } as const;
  // One by one: only Redis 7 takes several.
  const ask = async (name: string) => connection.send<readonly string[]>(command, [], ['GET', name]);
  const found = await unlessDenied(Promise.all(settings.map(ask)));
  return Object.fromEntries(
    (found ?? []).flatMap(([name, value]) => (name === undefined ? [] : [[name, value]])),
  );
}

/** Managed services forbid some commands, and ACLs may; what can be done without them goes on. */
async function unlessDenied<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isForbidden(error)) return undefined;
    throw error;
  }
}
