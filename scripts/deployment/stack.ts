import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse } from 'yaml';
import { containerEngine } from '../../contract-tests/src/services/containers/container-engine.ts';
import { obtainImage } from '../../contract-tests/src/services/containers/image.ts';
import { ownerLabels } from '../../contract-tests/src/services/containers/owner.ts';
import { command, root } from '../command.ts';
import type { AppImage } from './app-image.ts';
import { localImage } from './local-image.ts';

/** Two servers, a worker and Redis behind a load balancer, as the compose file has them. */
export interface Stack extends AsyncDisposable {
  /** Of the load balancer. */
  readonly url: string;
  readonly servers: readonly [string, string];
  /** Stops a container as an engine does; gives its exit code. */
  stop(server: string): Promise<number>;
  /** Starts it again, and resolves when it is healthy. */
  start(server: string): Promise<void>;
  log(server: string): Promise<string>;
}

interface Service {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

const healthyTimeoutMs = 120_000;
const progress = (line: string) => console.log(`      ${line}`);

export async function startStack({ tag, keys }: AppImage): Promise<Stack> {
  const services: Readonly<Record<string, Service>> = parse(
    await readFile(join(root, 'deploy/compose.yaml'), 'utf8'),
    { merge: true },
  ).services;
  const engine = await containerEngine(progress);
  const source = { folder: 'redis', label: 'Redis', image: 'redis:7-alpine', variable: 'AIWORK_REDIS_IMAGE' };
  const [redis, nginx] = [
    await obtainImage(engine, source, progress),
    await localImage('validators', progress),
  ];
  const network = `aiwork-gate-${process.pid}`;
  const labels = Object.entries(await ownerLabels()).flatMap(([name, value]) => [
    '--label',
    `${name}=${value}`,
  ]);
  const names: string[] = [];

  async function run(name: string, alias: string, args: readonly string[]): Promise<string> {
    const full = `${network}-${name}`;
    names.push(full);
    await docker(
      'run',
      '--detach',
      '--name',
      full,
      '--network',
      network,
      '--network-alias',
      alias,
      ...labels,
      ...args,
    );
    return full;
  }

  /** A service of the compose file, restricted as there. */
  function flows(name: string, alias: string): Promise<string> {
    const { command: args = [], environment = {} } = services[alias] ?? {};
    const { AIWORK_API_KEYS: target, REDIS_URL: redisUrl } = environment;
    return run(name, alias, [
      ...['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
      ...[
        '--volume',
        `${keys}:${target}:ro`,
        '--env',
        `AIWORK_API_KEYS=${target}`,
        '--env',
        `REDIS_URL=${redisUrl}`,
      ],
      ...[tag, ...args],
    ]);
  }

  async function healthy(name: string): Promise<void> {
    const deadline = Date.now() + healthyTimeoutMs;
    for (;;) {
      const status = await docker('inspect', '--format', '{{.State.Health.Status}}', name);
      if (status.trim() === 'healthy') return;
      if (Date.now() > deadline)
        throw new Error(`${name} is ${status.trim()}:\n${await docker('logs', name)}`);
      await delay(500);
    }
  }

  async function close(): Promise<void> {
    await command('docker', ['rm', '--force', '--volumes', ...names]);
    await command('docker', ['network', 'rm', network]);
  }

  try {
    await docker('network', 'create', network);
    await run('redis', 'redis', [redis, 'redis-server', '--protected-mode', 'no', '--appendonly', 'yes']);
    const servers = [await flows('server-1', 'server'), await flows('server-2', 'server')] as const;
    await Promise.all([...servers, await flows('worker', 'worker')].map(healthy));
    const config = `${join(root, 'deploy/balancer.conf')}:/etc/nginx/conf.d/default.conf:ro`;
    const listen = ['--publish', '127.0.0.1::8080', '--volume', config];
    const balancer = await run('balancer', 'balancer', [...listen, nginx, 'nginx', '-g', 'daemon off;']);
    const [address = ''] = (await docker('port', balancer, '8080')).split('\n');
    return {
      url: `http://${address.trim()}`,
      servers,
      async stop(name) {
        await docker('stop', '--time', '40', name);
        return Number(await docker('inspect', '--format', '{{.State.ExitCode}}', name));
      },
      async start(name) {
        await docker('start', name);
        await healthy(name);
      },
      log: (name) => docker('logs', name),
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function docker(...args: readonly string[]): Promise<string> {
  const { ok, output } = await command('docker', args);
  if (!ok) throw new Error(`docker ${args.slice(0, 3).join(' ')} failed:\n${output}`);
  return output;
}
