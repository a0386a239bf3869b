import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { installEngine } from '../src/services/containers/install-engine.ts';
import { withProcessLock } from '../src/services/containers/process-lock.ts';

describe('ensureContainerEngine', () => {
  /** As a process that knows no engine yet sees it. */
  async function ensureAnew(environment: Readonly<Record<string, string>>) {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    vi.resetModules();
    const anew: typeof import('../src/services/index.ts') = await import('../src/services/index.ts');
    return anew.ensureContainerEngine({ progress: () => {} });
  }

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

describe('the services', () => {
  it('do not load Testcontainers before one is held', async () => {
    const services = new URL('../src/services/index.ts', import.meta.url).href;
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--conditions=@aiwork/source',
      '--input-type=module',
      '--eval',
      `import { createRequire } from 'node:module';
      await import(${JSON.stringify(services)});
      console.log(Object.keys(createRequire(import.meta.url).cache).length);`,
    ]);
    expect(stdout.trim()).toBe('0');
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
