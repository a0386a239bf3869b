import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram, server, stop, untilReady } from './program.ts';

export interface RedisServer {
  readonly socket: string;
  readonly version: string;
  stop(): Promise<void>;
}

/** A Redis of its own on a Unix socket, with an append-only file; `undefined` where no `redis-server` is installed. */
export async function startRedis(appendfsync: 'everysec' | 'always'): Promise<RedisServer | undefined> {
  const program = findProgram('redis-server');
  if (program === undefined) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'bench-redis-'));
  const socket = join(folder, 'socket');
  const settings = { port: '0', unixsocket: socket, dir: folder, appendonly: 'yes', appendfsync, save: '' };
  const redis = server(
    program,
    Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
  );
  const end = async () => {
    await stop(redis);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilReady('redis-server', () => reach(socket));
  } catch (error) {
    await end();
    throw error;
  }
  const version =
    /v=(\S+)/.exec(execFileSync(program, ['--version'], { encoding: 'utf8' }))?.[1] ?? 'unknown';
  return { socket, version, stop: end };
}

function reach(socket: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const connection = connect(socket, () => {
      connection.destroy();
      resolve();
    });
    connection.on('error', reject);
  });
}
