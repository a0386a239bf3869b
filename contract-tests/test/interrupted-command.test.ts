import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

const main = fileURLToPath(new URL('../src/command/main.ts', import.meta.url));
const fixture = (name: string) => fileURLToPath(new URL(`./${name}-subject.fixture.ts`, import.meta.url));

/** The command in a process of its own, with all that it wrote to stderr. */
function start(...args: string[]) {
  const child = spawn(process.execPath, ['--conditions=@aiwork/source', main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  return {
    child,
    told: () => told,
    async says(text: string) {
      while (!told.includes(text)) await once(child.stderr, 'data');
    },
    async exitCode() {
      if (child.exitCode === null) await once(child, 'exit');
      return child.exitCode;
    },
  };
}

describe('a command that is interrupted', { timeout: 120_000 }, () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('at %s closes clients and services and exits with %i', async (signal, code) => {
    const command = start('check', fixture('never-answering'), '--only', 'state-store.many');
    await command.says('state-store on one that never answers (nothing)');
    await command.says('a client is closed');
    const interruptedAt = performance.now();
    command.child.kill(signal);
    expect(await command.exitCode()).toBe(code);
    expect(performance.now() - interruptedAt).toBeLessThan(20_000);
    expect(command.told()).toMatch(/interrupted: closing.*\n(a client is closed\n)+the service is closed\n/);
  });

  it('exits with 3 when an error gets out that nobody can catch', async () => {
    const command = start('check', fixture('stray-error'), '--only', 'state-store.values');
    expect(await command.exitCode()).toBe(3);
    expect(command.told()).toContain(
      'an error that nobody caught, which ends a process: Error: socket hang up',
    );
  });
});
