import { type Service, type ServiceSource, ServiceUnavailable, serviceSource } from '../../engine/service.ts';
import { startContainer } from '../containers/container.ts';
import type { Mount } from '../containers/container-plan.ts';
import { type ServiceOptions, toStderr } from '../containers/progress.ts';
import { addressOf, externalUrl } from '../service-url.ts';
import { type AirflowApi, airflowApis, answerOf, answersWithinMs } from './airflow-api.ts';
import { airflowSettings } from './airflow-settings.ts';

/** @since 0.1.0 */
export interface AirflowServiceOptions extends ServiceOptions {
  readonly version: 2 | 3;
  /** What of this machine Airflow may read, such as the program that tasks start. Absent from a server of the URL. */
  readonly mounts?: readonly Mount[];
}

/** @since 0.1.0 */
export interface AirflowService extends Service {
  readonly url: string;
  /** Calls the REST API, signed in: `/dags` is that of `/api/v1` with Airflow 2, of `/api/v2` with 3. */
  api(path: string, request?: RequestInit): Promise<Response>;
  /**
   * Puts a file among the DAGs; Airflow sees it within seconds. Absent where the service is not ours.
   */
  addDag?(file: string, source: string): Promise<void>;
  /** Writes files beside Airflow, by their paths there. Absent where the service is not ours. */
  write?(files: ReadonlyMap<string, string>): Promise<void>;
  /**
   * Runs a program beside Airflow, such as `airflow dags test`, and gives what it printed; rejects when it fails.
   * Absent where the service is not ours.
   */
  run?(command: readonly string[]): Promise<string>;
}

const variable = 'AIWORK_AIRFLOW_URL';
const port = 8080;

/**
 * Airflow with its scheduler and a PostgreSQL, in a container of its own that starts when it is first held. There is a `node`
 * on the path of its tasks.
 * With `AIWORK_AIRFLOW_URL` in the environment (`https://user:password@host`), the server of that URL instead, where it
 * is of this version: then it can be neither restarted nor killed, and takes no files.
 *
 * @example
 * ```ts no-run: needs a container engine
 * import { airflowService } from '@aiwork/contract-tests/services';
 *
 * await using held = await airflowService({ version: 3 }).hold();
 * await held.service.addDag?.('hello.py', 'from airflow.sdk import DAG\nDAG("hello")\n');
 * const response = await held.service.api('/dags/hello');
 * ```
 * @since 0.1.0
 */
export function airflowService(options: AirflowServiceOptions): ServiceSource<AirflowService> {
  const api = airflowApis[options.version];
  return serviceSource(`airflow ${options.version}`, () => {
    const url = externalUrl(variable, { 'http:': 80, 'https:': 443 });
    return url ? useAirflow(url, api, options.version) : startAirflow(options, api);
  });
}

async function startAirflow(
  { version, mounts = [], progress = toStderr }: AirflowServiceOptions,
  api: AirflowApi,
): Promise<AirflowService> {
  const container = await startContainer(
    {
      image: {
        folder: 'airflow',
        buildArgs: { MAJOR: `${version}` },
        label: `Airflow ${version}`,
        variable: `AIWORK_AIRFLOW_${version}_IMAGE`,
      },
      ports: [port],
      settings: () => ({ environment: airflowSettings, mounts }),
      probe: ({ host, port }) => greetAirflow(new URL(`http://${host}:${port}`), api),
      startTimeoutMs: 300_000,
      stopTimeoutMs: 30_000,
    },
    progress,
  );
  const { image, addresses, restart, kill, close, run } = container;
  const [address] = addresses;
  const url = new URL(`http://aiwork:aiwork@${address.host}:${address.port}`);
  const facts = {
    name: 'airflow',
    version: await askVersion(url, api),
    image,
    settings: { executor: airflowSettings.AIRFLOW__CORE__EXECUTOR, database: 'postgresql' },
  };
  return {
    facts,
    address,
    url: url.origin,
    api: (path, request) => call(url, api, path, request),
    addDag: (file, source) => container.write(new Map([[`/opt/airflow/dags/${file}`, source]])),
    write: (files) => container.write(files),
    run,
    restart,
    kill,
    close,
  };
}

async function useAirflow(url: URL, api: AirflowApi, major: 2 | 3): Promise<AirflowService> {
  const version = await askVersion(url, api);
  if (!version.startsWith(`${major}.`)) {
    throw new ServiceUnavailable(`${variable} is Airflow ${version}, and Airflow ${major} is asked for`);
  }
  return {
    facts: { name: 'airflow', version, settings: {} },
    address: addressOf(url),
    url: url.origin,
    api: (path, request) => call(url, api, path, request),
    close: () => Promise.resolve(),
  };
}

async function call(url: URL, api: AirflowApi, path: string, request: RequestInit = {}): Promise<Response> {
  const headers = new Headers(request.headers);
  headers.set('authorization', await api.authorization(url));
  return fetch(new URL(`${api.root}${path}`, url.origin), { ...request, headers });
}

async function askVersion(url: URL, api: AirflowApi): Promise<string> {
  const response = await call(url, api, '/version', { signal: AbortSignal.timeout(answersWithinMs) });
  return (await answerOf<{ version: string }>(response)).version;
}

type Health = Readonly<Record<string, { readonly status: string | null } | undefined>>;

async function greetAirflow(url: URL, api: AirflowApi): Promise<void> {
  const response = await fetch(new URL(api.health, url), { signal: AbortSignal.timeout(answersWithinMs) });
  const health = await answerOf<Health>(response);
  for (const part of api.parts) {
    if (health[part]?.status !== 'healthy') throw new Error(`its ${part} is ${health[part]?.status}`);
  }
}
