import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Skipped } from '../report.ts';
import { type Contestant, firstLine } from './compare.ts';
import { startPostgres } from './services/postgres.ts';
import { startRedis } from './services/redis.ts';

/** What an acknowledged step survives: only contestants of one kind are compared. */
export type Survives = 'the process' | 'a power failure';

export interface DurableContestant extends Contestant {
  readonly survives: Survives;
}

export interface DurableSubjects extends AsyncDisposable {
  readonly contestants: readonly DurableContestant[];
  readonly skipped: readonly Skipped[];
  readonly versions: Readonly<Record<string, string>>;
}

interface Service {
  readonly version: string;
  stop(): Promise<void>;
}

const module = (name: string) => new URL(`./durable/${name}.ts`, import.meta.url);

/** SQLite files of ours, and the peers whose servers this machine has, all of them under the temporary folder. */
export async function durableSubjects(withPeers: boolean): Promise<DurableSubjects> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-sqlite-'));
  const stops: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  const skipped: Skipped[] = [];
  const versions: Record<string, string> = {};
  const contestants = [ours(folder, 'normal', 'the process'), ours(folder, 'full', 'a power failure')];

  async function add<S extends Service>(
    server: string,
    subject: string,
    start: () => Promise<S | undefined>,
    contestant: (service: S) => DurableContestant,
  ): Promise<void> {
    try {
      const service = await start();
      if (!service) {
        skipped.push({ subject, why: `${server} is not installed here` });
        return;
      }
      stops.push(() => service.stop());
      versions[server] = service.version;
      contestants.push(contestant(service));
    } catch (error) {
      skipped.push({ subject, why: firstLine(error) });
    }
  }

  if (withPeers) {
    for (const fsync of ['everysec', 'always'] as const) {
      const name = `BullMQ on Redis, appendfsync ${fsync}`;
      const survives = fsync === 'everysec' ? 'the process' : 'a power failure';
      await add(
        'redis-server',
        name,
        () => startRedis(fsync),
        ({ socket }) => {
          return { name, module: module('bullmq'), options: { socket }, survives };
        },
      );
    }
    for (const commit of ['off', 'on'] as const) {
      const name = `DBOS on PostgreSQL, synchronous_commit ${commit}`;
      const survives = commit === 'off' ? 'the process' : 'a power failure';
      await add(
        'postgres',
        name,
        () => startPostgres(commit),
        ({ url }) => {
          return { name, module: module('dbos'), options: { url: url('bench') }, survives };
        },
      );
    }
  }
  return {
    contestants,
    skipped,
    versions,
    async [Symbol.asyncDispose]() {
      await Promise.all(stops.map((stop) => stop()));
    },
  };
}

function ours(folder: string, synchronous: 'normal' | 'full', survives: Survives): DurableContestant {
  return {
    name: `@aiwork/core on SQLite, ${synchronous}`,
    module: module('aiwork-sqlite'),
    options: { path: join(folder, `${synchronous}.db`), synchronous },
    survives,
    required: true,
  };
}
