import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { aiwork, flowFile, newFolder } from './aiwork.fixture.ts';

vi.setConfig({ testTimeout: 120_000 });

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** With a disk that is full behind one of its outputs. */
async function onFullDisk(output: '1' | '2', args: readonly string[]) {
  const words = [process.execPath, '--conditions=@aiwork/source', main, ...args];
  const child = spawn('sh', ['-c', `exec "$@" ${output}>/dev/full`, 'sh', ...words]);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code, stdout, stderr };
}

describe.skipIf(!existsSync('/dev/full'))('on a disk that is full', () => {
  it('says that the result could not be written, and ends with 1', async () => {
    const { code, stderr } = await onFullDisk('1', ['run', flowFile('greet.ts')]);
    expect(stderr).toContain('succeeded in');
    expect(stderr).toContain('error: the output could not be written: ENOSPC');
    expect(code).toBe(1);
  });

  it('runs a flow to its end when only the progress cannot be written', async () => {
    const { code, stdout } = await onFullDisk('2', ['run', flowFile('greet.ts')]);
    expect(stdout).toContain('HELLO, WORLD!');
    expect(code).toBe(0);
  });
});

describe('a flow file that never ends', () => {
  it('is named as the reason, instead of a riddle of Node and an exit code of its own', async () => {
    const { code, stderr } = await aiwork(['run', flowFile('never.ts')]);
    expect(stderr).toBe(
      'error: the command would never end: a flow file or a plugin of it awaits something that never comes (AIWORK_FLOW_FILE)\n',
    );
    expect(code).toBe(1);
  });
});

describe('input that is no UTF-8', () => {
  it('is refused: it would be read as another text', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'input.json'), Buffer.from('\uFEFF{"name":"Ada"}', 'utf16le'));
    const { code, stderr, stdout } = await aiwork(['run', flowFile('greet.ts'), '-i', '@input.json'], {
      cwd: folder,
    });
    expect(stderr).toMatch(/the input in input\.json is not UTF-8[\s\S]*hint: .*PowerShell/);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});

describe('an error of somebody else', () => {
  it('cannot colour or clear the terminal', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'flow.mjs'), "throw new Error('first\\u001b[2J\\nsecond\\u0007');\n");
    const { stderr } = await aiwork(['run', 'flow.mjs'], { cwd: folder });
    expect(stderr).toMatch(/^error: cannot load flow\.mjs: first\nsecond {2}\(AIWORK_FLOW_FILE\)$/m);
  });
});

describe('aiwork help', () => {
  it('explains the command that its words name', async () => {
    const { code, stdout } = await aiwork(['help', 'runs', 'show']);
    expect(stdout).toContain('Usage: aiwork runs show ');
    expect(code).toBe(0);
  });

  it('names the command that was meant', async () => {
    const { code, stdout, stderr } = await aiwork(['help', 'runs', 'shw']);
    expect(stderr).toMatch(/unknown command "shw"\. Did you mean "show"\? .*\n.*aiwork runs --help says/);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});

describe('two places', () => {
  it.each([
    ['--state', 'runs.db'],
    ['--file', 'flow.ts'],
  ])('are refused: --server beside %s', async (flag, value) => {
    const { code, stderr } = await aiwork(['runs', 'list', '--server', 'http://127.0.0.1:1', flag, value]);
    expect(stderr).toContain(`--server and ${flag} both say where to look: give one of them`);
    expect(code).toBe(2);
  });

  it('are none where a variable names the state file that is usual here', async () => {
    const { stderr } = await aiwork(['runs', 'list', '--server', 'nowhere'], {
      env: { AIWORK_STATE: 'runs.db' },
    });
    expect(stderr).toContain('--server cannot be used');
  });
});

describe('a run that is over', () => {
  it('took as long when it is shown again', async () => {
    const cwd = await newFolder();
    const kept = ['--state', 'runs.db'];
    const first = await aiwork(['run', flowFile('greet.ts'), ...kept, '--run-id', 'first'], { cwd });
    const again = await aiwork(['runs', 'resume', 'first', flowFile('greet.ts'), ...kept], { cwd });
    const took = /succeeded in .*/.exec(first.stderr)?.[0];
    expect(again.stderr).toContain(`✔ Run first ${took}\n`);
  });
});
