import { execFile, execFileSync } from 'node:child_process';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram, server, stop, untilReady } from './program.ts';

export interface PostgresServer {
  /** A connection string for a database of that name. */
  url(database: string): string;
  readonly version: string;
  stop(): Promise<void>;
}

const run = promisify(execFile);
const program = (name: string) => findProgram(name, ['/usr/lib/postgresql/*/bin']);

/**
 * A PostgreSQL cluster of its own on a Unix socket, with its defaults for durability (`fsync` on) but for
 * `synchronous_commit`; `undefined` where it is not installed.
 */
export async function startPostgres(synchronousCommit: 'on' | 'off'): Promise<PostgresServer | undefined> {
  const initdb = program('initdb');
  const postgresProgram = program('postgres');
  const isReady = program('pg_isready');
  if (initdb === undefined || postgresProgram === undefined || isReady === undefined) return undefined;
  const as = await unprivileged();
  const folder = await mkdtemp(join(tmpdir(), 'bench-pg-'));
  if (as.uid !== undefined && as.gid !== undefined) await chown(folder, as.uid, as.gid);
  const data = join(folder, 'data');
  await run(initdb, ['-D', data, '-U', 'bench', '--auth=trust', '--encoding=UTF8'], { ...as, cwd: folder });
  const settings = {
    listen_addresses: '',
    unix_socket_directories: folder,
    synchronous_commit: synchronousCommit,
  };
  const postgres = server(
    postgresProgram,
    ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    as,
  );
  const end = async () => {
    await stop(postgres);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilReady('postgres', () => run(isReady, ['-h', folder]));
  } catch (error) {
    await end();
    throw error;
  }
  const version = execFileSync(postgresProgram, ['--version'], { encoding: 'utf8' });
  return {
    url: (database) => `postgresql://bench@localhost/${database}?host=${encodeURIComponent(folder)}`,
    version: /\d+(\.\d+)*/.exec(version)?.[0] ?? 'unknown',
    stop: end,
  };
}

/** PostgreSQL refuses to run as root, so it runs as the user its package made. */
async function unprivileged(): Promise<{ uid?: number; gid?: number }> {
  if (process.getuid?.() !== 0) return {};
  const id = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}
