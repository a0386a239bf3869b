import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createOrchestrator } from '@aiwork/core';
import { describe, expect, it, vi } from 'vitest';
import { starterVersions } from '../src/commands/init.ts';
import starter from '../template/flow.ts';
import { aiwork, newFolder } from './aiwork.fixture.ts';

vi.setConfig({ testTimeout: 30_000 });

describe('aiwork init', () => {
  it('writes a project', async () => {
    const folder = join(await newFolder(), 'My flows!');
    const { code, stderr } = await aiwork(['init', folder]);
    expect(code).toBe(0);
    expect(stderr).toContain('npm install && npm start');
    expect((await readdir(folder)).sort()).toEqual(
      ['.gitignore', 'README.md', 'flow.ts', 'package.json', 'tsconfig.json'].sort(),
    );
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const { version } = createRequire(import.meta.url)('../package.json');
    expect(manifest).toMatchObject({
      name: 'my-flows',
      type: 'module',
      dependencies: { '@aiwork/core': `^${version}`, aiwork: `^${version}` },
    });
  });

  it('overwrites nothing, and then writes nothing', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'flow.ts'), 'mine');
    const { code, stderr } = await aiwork(['init'], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toContain('already has flow.ts: nothing was written');
    expect(await readdir(folder)).toEqual(['flow.ts']);
    expect(await readFile(join(folder, 'flow.ts'), 'utf8')).toBe('mine');
  });

  it('says when there can be no folder', async () => {
    const file = join(await newFolder(), 'taken');
    await writeFile(file, '');
    const { code, stderr } = await aiwork(['init', file]);
    expect(code).toBe(2);
    expect(stderr).toContain(`cannot make a project in ${file}: EEXIST`);
  });

  it('brings a flow that runs', async () => {
    await using orchestrator = createOrchestrator();
    const run = await orchestrator.start(starter, {});
    expect(await run.result()).toEqual({ text: 'a text of some more words', words: 6 });
  });

  it('names the versions this workspace is tested with', () => {
    const { devDependencies } = createRequire(import.meta.url)('../../../package.json');
    for (const [name, version] of Object.entries(starterVersions)) {
      expect(devDependencies[name], name).toBe(version);
    }
  });
});
