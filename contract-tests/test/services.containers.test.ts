import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startContainer } from '../src/services/containers/container.ts';
import { containerEngine } from '../src/services/containers/container-engine.ts';
import { installEngine } from '../src/services/containers/install-engine.ts';
import { ownerLabel, ownerLabels, session, sessionLabel } from '../src/services/containers/owner.ts';
import { withProcessLock } from '../src/services/containers/process-lock.ts';
import { removeLabelled } from '../src/services/containers/remove-containers.ts';
import { ensureContainerEngine, redisService } from '../src/services/index.ts';

const coldStartMs = 10 * 60_000;
vi.setConfig({ testTimeout: 60_000 });

const silent = () => {};
const ours = `${sessionLabel}=${session}`;
let image: string;

beforeAll(async () => {
  await using held = await redisService().hold();
  image = held.service.facts.image ?? '';
}, coldStartMs);

async function engine() {
  const { client } = await containerEngine(silent);
  return client.container.dockerode;
}

async function containersOf(label: string): Promise<number> {
  const found = await (await engine()).listContainers({ all: true, filters: { label: [label] } });
  return found.length;
}

describe('a process that ends without closing its services', () => {
  it.each(['SIGKILL', 'SIGINT', 'SIGTERM'] as const)('leaves no container after %s', async (signal) => {
    const watched = fork(fileURLToPath(new URL('./watched-container.fixture.ts', import.meta.url)), [image], {
      execArgv: ['--conditions=@aiwork/source'],
    });
    const [{ session }] = await once(watched, 'message');
    const label = `${sessionLabel}=${session}`;
    onTestFinished(async () => removeLabelled(await engine(), label));
    expect(await containersOf(label)).toBe(1);
    watched.kill(signal);
    await once(watched, 'exit');
    await expect.poll(() => containersOf(label), { timeout: 20_000 }).toBe(0);
  });
});

describe('the start of a service', () => {
  async function leftBehind(change: Readonly<Record<string, unknown>>) {
    const labels = await ownerLabels();
    const mark = `dev.aiwork.test=${crypto.randomUUID()}`;
    const [name, value] = mark.split('=') as [string, string];
    const dockerode = await engine();
    await dockerode.createContainer({
      Image: image,
      Labels: {
        [ownerLabel]: JSON.stringify({ ...JSON.parse(labels[ownerLabel] ?? ''), ...change }),
        [name]: value,
      },
    });
    onTestFinished(() => removeLabelled(dockerode, mark));
    return mark;
  }

  it.each([
    ['of a process that is over', { pid: 2 ** 22 + 1 }],
    ['of a process whose number another has now', { started: '1' }],
    ['from before this machine was started', { boot: 'another' }],
  ])('removes what is left %s', async (_, change) => {
    const mark = await leftBehind(change);
    await using _started = await redisService().hold();
    expect(await containersOf(mark)).toBe(0);
  });

  it.each([
    ['this process', {}],
    ['another machine, of which nothing is known', { host: 'another', pid: 2 ** 22 + 1 }],
  ])('leaves what belongs to %s', async (_, change) => {
    const mark = await leftBehind(change);
    await using _started = await redisService().hold();
    expect(await containersOf(mark)).toBe(1);
  });
});

describe('startContainer', () => {
  it('says what a container said that stopped, and leaves nothing', async () => {
    const before = await containersOf(ours);
    const start = startContainer(
      {
        image: { folder: 'redis', label: 'Redis', image, variable: 'AIWORK_REDIS_IMAGE' },
        ports: [6379],
        settings: () => ({ command: ['redis-server', '--no-such-setting', 'yes'] }),
        probe: () => Promise.reject(new Error('not there')),
        startTimeoutMs: 20_000,
        stopTimeoutMs: 1_000,
      },
      silent,
    );
    await expect(start).rejects.toThrow(/^Redis \(.+\) did not start: [\s\S]*no-such-setting/);
    expect(await containersOf(ours)).toBe(before);
  });

  it('uses an image that is asked for, or none', async () => {
    vi.stubEnv('AIWORK_REDIS_IMAGE', 'no-such-registry.invalid/redis:7');
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    await expect(redisService({ progress: silent }).hold()).rejects.toMatchObject({
      name: 'ServiceUnavailable',
      message: expect.stringMatching(
        /^AIWORK_REDIS_IMAGE=no-such-registry\.invalid\/redis:7 cannot be pulled: /,
      ),
    });
  });
});

describe('ensureContainerEngine', () => {
  /** As a process that knows no engine yet sees it. */
  async function ensureAnew(environment: Readonly<Record<string, string>>) {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    vi.resetModules();
    const anew: typeof import('../src/services/index.ts') = await import('../src/services/index.ts');
    return anew.ensureContainerEngine({ progress: silent });
  }

  it('finds the engine that runs', async () => {
    const progress = vi.fn();
    await ensureContainerEngine({ progress });
    expect(progress).not.toHaveBeenCalled();
  });

  it.each(['tcp://127.0.0.1:1', 'unix:///no/such/docker.sock'])(
    'says that nothing answers at DOCKER_HOST=%s, and installs nothing',
    async (host) => {
      await expect(ensureAnew({ DOCKER_HOST: host })).rejects.toMatchObject({
        name: 'ServiceUnavailable',
        message: `No container engine answers at DOCKER_HOST=${host}: start it, or unset DOCKER_HOST to use the one of this machine.`,
      });
    },
  );
});

describe('installEngine', () => {
  const nothing = () => Promise.reject(new Error('nothing answers'));

  it('installs nothing where that is forbidden, and says what to do', async () => {
    vi.stubEnv('AIWORK_INSTALL_ENGINE', '0');
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const progress = vi.fn();
    await expect(installEngine(nothing, progress)).rejects.toMatchObject({
      name: 'ServiceUnavailable',
      message:
        'No container engine answers, and AIWORK_INSTALL_ENGINE=0 forbids to install one. Start Docker, or set DOCKER_HOST to one that runs.',
    });
    expect(progress).not.toHaveBeenCalled();
  });

  it('uses the engine that another process has started in the meantime', async () => {
    const progress = vi.fn();
    await expect(installEngine(() => Promise.resolve('engine'), progress)).resolves.toBe('engine');
    expect(progress).not.toHaveBeenCalled();
  });
});

describe('withProcessLock', () => {
  it('lets one at a time do the work', async () => {
    const seen: string[] = [];
    async function work(name: string) {
      seen.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      seen.push(`${name} ends`);
    }
    await Promise.all(['a', 'b', 'c'].map((name) => withProcessLock('test', () => work(name))));
    for (let at = 0; at < seen.length; at += 2) {
      expect(seen[at + 1]).toBe(seen[at]?.replace('begins', 'ends'));
    }
    expect(seen).toHaveLength(6);
  });

  it('lets the next in when work failed', async () => {
    await expect(withProcessLock('test', () => Promise.reject(new Error('broken')))).rejects.toThrow(
      'broken',
    );
    await expect(withProcessLock('test', () => Promise.resolve('next'))).resolves.toBe('next');
  });
});
