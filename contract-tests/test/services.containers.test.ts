import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { startContainer } from '../src/services/containers/container.ts';
import { containerEngine } from '../src/services/containers/container-engine.ts';
import { ownerLabel, ownerLabels, session, sessionLabel } from '../src/services/containers/owner.ts';
import { removeLabelled } from '../src/services/containers/remove-containers.ts';
import { redisService } from '../src/services/index.ts';
import { describeWithEngine } from './with-engine.fixture.ts';

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

describeWithEngine('a process that ends without closing its services', () => {
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

describeWithEngine('the start of a service', () => {
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

describeWithEngine('startContainer', () => {
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

  it('uses an image that is asked for, or none, and says that it pulls one', async () => {
    // One that is not asked again for a while would be pulled without a word.
    const registry = `no-such-registry-${process.pid}.invalid`;
    vi.stubEnv('AIWORK_REDIS_IMAGE', `${registry}/redis:7`);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const progress = vi.fn();
    await expect(redisService({ progress }).hold()).rejects.toMatchObject({
      name: 'ServiceUnavailable',
      message: expect.stringContaining(`AIWORK_REDIS_IMAGE=${registry}/redis:7 cannot be pulled: `),
    });
    expect(progress.mock.calls).toEqual([[`pulling ${registry}/redis:7 (once) …`]]);
  });
});
