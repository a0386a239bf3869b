import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { exitCode } from './exit-code.ts';
import { testFolder } from './testing/folder.fixture.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

/** A model that never answers: the run stands still at `ask-model`, with every step before it in the journal. */
const silent = `export default { id: 'silent', async *stream(_, { signal }) {
  await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
} };`;

const files = { 'docs/runs.md': 'A run whose process crashes is resumed.\n', 'silent.mjs': silent };
const question = ['docs', 'What happens to a run whose process crashes?'];

interface Started {
  readonly child: ChildProcess;
  /** All that was printed, once it holds this text. */
  printed(text: string): Promise<string>;
  /** All that was printed, and the exit code. */
  ended(): Promise<{ out: string; code: number | null }>;
}

function start(cwd: string, args: readonly string[]): Started {
  const child = spawn(process.execPath, ['--conditions=@aiwork/source', main, ...args], {
    cwd,
    env: { ...process.env, INIT_CWD: cwd },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const exit = once(child, 'close');
  let out = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
  }
  return {
    child,
    async printed(text) {
      while (!out.includes(text)) {
        if (child.exitCode !== null)
          throw new Error(`it ended without saying ${JSON.stringify(text)}: ${out}`);
        await Promise.race([once(child.stdout, 'data'), exit]);
      }
      return out;
    },
    async ended() {
      const [code] = await exit;
      return { out, code };
    },
  };
}

describe('the process of the demo', { timeout: 30_000 }, () => {
  it('answers, and prints nothing but what it means to', async () => {
    const cwd = await testFolder(files);
    const { out, code } = await start(cwd, question).ended();
    expect(code).toBe(exitCode.answered);
    expect(out).toContain('A run whose process crashes is resumed [1].');
    expect(out).not.toMatch(/warning/i);
  });

  it.skipIf(process.platform === 'win32')('cancels the run at the first Ctrl-C', async () => {
    const cwd = await testFolder(files);
    const { child, printed, ended } = start(cwd, [...question, '--model', 'silent.mjs']);
    await printed('extract');
    child.kill('SIGINT');
    const { out, code } = await ended();
    expect(code).toBe(exitCode.cancelled);
    expect(out).toContain('Cancelled.');
  });

  it.skipIf(process.platform === 'win32')('goes on after kill -9 where its journal ends', async () => {
    const cwd = await testFolder(files);
    const state = ['--state', 'runs.db'];
    const first = start(cwd, [...question, '--model', 'silent.mjs', ...state]);
    const runId = /--resume (\S+)/.exec(await first.printed('extract'))?.[1] as string;
    first.child.kill('SIGKILL');
    await first.ended();

    const speaking = await testFolder({
      'model.mjs': `export default { id: 'speaking', async *stream() {
        yield { type: 'text', text: 'A crashed run is resumed [1].' };
        yield { type: 'done', reason: 'stop' };
      } };`,
    });
    const model = ['--model', join(speaking, 'model.mjs')];
    const { out, code } = await start(cwd, [...state, '--resume', runId, ...model]).ended();
    expect(code).toBe(exitCode.answered);
    expect(out).toContain('waiting up to 10 seconds');
    expect(out).toContain('A crashed run is resumed [1].');
  });
});
