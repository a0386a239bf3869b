import type { Address } from '../../engine/address.ts';
import { type Service, type ServiceSource, serviceSource } from '../../engine/service.ts';
import { type RunningContainer, startContainer } from '../containers/container.ts';
import type { ImageSource } from '../containers/image.ts';
import { type ServiceOptions, toStderr } from '../containers/progress.ts';
import { addressOf, externalUrl, urlAt } from '../service-url.ts';
import { greetPostgres, meetPostgres } from './greet-postgres.ts';

/** @since 0.1.0 */
export interface PostgresService extends Service {
  /** With user, password and database. */
  readonly url: string;
  /** The URL of the same server, reached by another address, such as that of a link. */
  urlAt(address: Address): string;
}

/** @since 0.1.0 */
export interface PostgresServiceOptions extends ServiceOptions {
  /** An extension that can be created in it: `vector` is pgvector. Default: those that PostgreSQL brings. */
  readonly extension?: 'vector';
}

const variable = 'AIWORK_POSTGRES_URL';
const port = 5432;
/** The user, the password and the database. The image of our own is made with it. */
const name = 'aiwork';
const plainImage: ImageSource = {
  folder: 'postgres',
  label: 'PostgreSQL',
  image: 'postgres:17-alpine',
  variable: 'AIWORK_POSTGRES_IMAGE',
};
const vectorImage: ImageSource = {
  folder: 'pgvector',
  label: 'PostgreSQL with pgvector',
  image: 'pgvector/pgvector:0.8.1-pg17',
  variable: 'AIWORK_PGVECTOR_IMAGE',
};
const settings = ['fsync', 'synchronous_commit', 'full_page_writes', 'max_connections'] as const;

/**
 * PostgreSQL, in a container of its own that starts when it is first held. It writes to the disk before it
 * acknowledges, so a killed server comes back with what it had. With `AIWORK_POSTGRES_URL` in the environment, the
 * server of that URL instead: then it can be neither restarted nor killed, and what it is set to is not known.
 * `extension` is then up to that server.
 *
 * @example
 * ```ts no-run: needs a container engine
 * import { postgresService } from '@aiwork/contract-tests/services';
 *
 * await using held = await postgresService().hold();
 * console.log(held.service.url, held.service.facts.version);
 * await held.service.kill?.();
 * ```
 * @since 0.1.0
 */
export function postgresService(options: PostgresServiceOptions = {}): ServiceSource<PostgresService> {
  const name = options.extension === 'vector' ? 'postgresql with pgvector' : 'postgresql';
  return serviceSource(name, () => {
    const url = externalUrl(variable, { 'postgres:': port, 'postgresql:': port });
    return url ? usePostgres(url) : startPostgres(options);
  });
}

async function startPostgres({
  extension,
  progress = toStderr,
}: PostgresServiceOptions): Promise<PostgresService> {
  const container = await startContainer(
    {
      image: extension === 'vector' ? vectorImage : plainImage,
      ports: [port],
      settings: () => ({
        command: [
          ...['postgres', '-c', 'listen_addresses=*', '-c', 'fsync=on', '-c', 'synchronous_commit=on'],
          // After a kill every file is synced; one by one that takes seconds.
          ...['-c', 'recovery_init_sync_method=syncfs'],
        ],
        environment: { POSTGRES_USER: name, POSTGRES_PASSWORD: name, POSTGRES_DB: name },
      }),
      probe: (address) => greetPostgres(address, name, name),
      startTimeoutMs: 60_000,
      stopTimeoutMs: 20_000,
    },
    progress,
  );
  const { image, addresses, restart, kill, close } = container;
  const [address] = addresses;
  const at = (address: Address) => urlAt(new URL(`postgres://${name}:${name}@localhost/${name}`), address);
  const [version = 'unknown', ...values] = await ask(container, ['server_version', ...settings]);
  const facts = {
    name: 'postgresql',
    version: version.split(' ')[0] ?? version,
    image,
    settings: Object.fromEntries(settings.map((setting, index) => [setting, values[index] ?? 'unknown'])),
  };
  return { facts, address, url: at(address), urlAt: at, restart, kill, close };
}

/** What the server is set to, by its own client. */
async function ask(container: RunningContainer, names: readonly string[]): Promise<readonly string[]> {
  const columns = names.map((setting) => `current_setting('${setting}')`).join(', ');
  const asked = ['psql', '-U', name, '-d', name, '-At', '-F', '\n', '-c', `select ${columns}`];
  return (await container.run(asked)).trim().split('\n');
}

async function usePostgres(url: URL): Promise<PostgresService> {
  const address = addressOf(url);
  await meetPostgres(address);
  return {
    facts: { name: 'postgresql', version: 'unknown', settings: {} },
    address,
    url: url.href,
    urlAt: (other) => urlAt(url, other),
    close: () => Promise.resolve(),
  };
}
