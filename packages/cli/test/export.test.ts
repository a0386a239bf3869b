import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { aiwork, flowFile, newFolder } from './aiwork.fixture.ts';

// Each test starts several processes, one after the other.
vi.setConfig({ testTimeout: 120_000 });

const file = flowFile('exported.ts');
const exported = (...words: string[]) => aiwork(['export', 'drawing', file, '--flow', 'first', ...words]);

describe.concurrent('aiwork export', () => {
  it('prints a single file, with what the exporter made of flow, file and flags', async () => {
    const { code, stdout } = await exported(
      '--owner',
      'data team',
      '--deep.er',
      '[1]',
      '--no-catchup',
      '--approximate',
    );
    expect(JSON.parse(stdout)).toEqual({
      id: 'first',
      file,
      owner: 'data team',
      deep: { er: [1] },
      catchup: false,
      approximate: true,
    });
    expect(code).toBe(0);
  });

  it('writes what has changed, and nothing else', async () => {
    const out = join(await newFolder(), 'dags');
    const words = ['--out', out, '--paths', 'a.txt', '--paths', 'deep/b.txt'];
    expect((await exported(...words)).stderr).toBe(`Wrote ${out}/a.txt\nWrote ${out}/deep/b.txt\n`);
    const before = await stat(join(out, 'a.txt'));
    await writeFile(join(out, 'deep', 'b.txt'), 'changed');
    const { code, stdout, stderr } = await exported(...words);
    expect(stderr).toBe(`${out}/a.txt is up to date\nWrote ${out}/deep/b.txt\n`);
    expect([code, stdout]).toEqual([0, '']);
    expect((await stat(join(out, 'a.txt'))).ino).toBe(before.ino);
    expect(JSON.parse(await readFile(join(out, 'deep', 'b.txt'), 'utf8')).id).toBe('first');
    expect((await readdir(out, { recursive: true })).sort()).toEqual(['a.txt', 'deep', 'deep/b.txt']);
  });

  it('says with --check whether files are up to date, and leaves them as they are', async () => {
    const out = join(await newFolder(), 'dags');
    const missing = await exported('--out', out, '--check');
    expect(missing).toMatchObject({ code: 1, stderr: `${out}/flow.txt is not there\n` });
    await exported('--out', out);
    expect(await exported('--out', out, '--check')).toMatchObject({ code: 0 });
    const other = await exported('--out', out, '--check', '--owner', 'me');
    expect(other).toMatchObject({ code: 1, stderr: `${out}/flow.txt is out of date\n` });
    expect(await exported('--out', out, '--check')).toMatchObject({ code: 0 });
    expect((await exported('--check')).stderr).toContain('name their folder: --out DIR');
  });

  it('writes nothing when one of the files would be outside the folder', async () => {
    const out = join(await newFolder(), 'dags');
    const { code, stderr } = await exported('--out', out, '--paths', '["good.txt","../out.txt"]');
    expect(stderr).toContain('the exporter gave a file that cannot be written, "../out.txt"');
    expect(code).toBe(2);
    await expect(readdir(out)).rejects.toThrow('ENOENT');
  });

  it('says what cannot be carried over, and what helps', async () => {
    const { code, stderr } = await exported('--refuse', 'step');
    expect(stderr).toContain('step "only" cannot be drawn (AIWORK_UNSUPPORTED_CAPABILITY)');
    expect(stderr).toContain('hint: --approximate writes what comes nearest');
    expect(code).toBe(1);
    expect((await exported('--refuse', 'step', '--approximate')).code).toBe(0);
    expect(await exported('--refuse', 'option')).toMatchObject({ code: 2 });
  });

  it('asks for a folder where there are several files, and for a flow where there are several', async () => {
    expect((await exported('--paths', '["a","b"]')).stderr).toContain('it comes to 2 files');
    const { code, stderr } = await aiwork(['export', 'drawing', file]);
    expect(stderr).toContain('has several to choose from: "first", "second"');
    expect(code).toBe(2);
  });
});

describe.concurrent('the exporter', () => {
  it('of a package is found where the flow file would import it from', async () => {
    const folder = await newFolder();
    const home = join(folder, 'node_modules', '@aiwork', 'pen-and-paper');
    await mkdir(home, { recursive: true });
    await writeFile(join(home, 'package.json'), '{"type":"module","exports":{".":{"default":"./main.js"}}}');
    await writeFile(
      join(home, 'main.js'),
      `const exporter = { target: 'pen-and-paper', export: async (flow) => [{ path: 'a', content: flow.id }] };
      export const penAndPaper = () => ({ '~aiwork': 'plugin/1', name: '@aiwork/pen-and-paper', setup: (host) => host.provide('exporter', exporter) });`,
    );
    await writeFile(join(folder, 'flow.js'), `export { first } from ${JSON.stringify(file)};`);
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    const { code, stdout } = await aiwork(['export', 'pen-and-paper', 'flow.js'], { cwd: folder });
    expect([code, stdout]).toEqual([0, 'first']);
  });

  it('that is not there can be installed', async () => {
    const { code, stderr } = await aiwork(['export', 'pen-and-paper', file, '-f', 'first']);
    expect(stderr).toContain('exports to pen-and-paper, and @aiwork/pen-and-paper is not installed');
    expect(stderr).toContain('hint: npm install @aiwork/pen-and-paper');
    expect(code).toBe(2);
    expect((await aiwork(['export', '../drawing', file])).stderr).toContain('"../drawing" is no target');
  });
});
