import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import {
  cacheContract,
  chatModelContract,
  embedderContract,
  flowExporterContract,
  guardrailContract,
  memoryContract,
  runStoreContract,
  stateStoreContract,
  taskQueueContract,
} from '@aiwork/contract-tests';
import { describe, expect, it, onTestFinished } from 'vitest';
import { contractIds } from '../src/contracts.ts';
import { createPlugin } from '../src/create-plugin.ts';
import { exportName, problemOfName } from '../src/plugin-name.ts';
import { templateFiles } from '../src/template-files.ts';
import { writeProject } from '../src/write-project.ts';

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'aiwork-create-plugin-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const read = (folder: string, file: string) => readFile(join(folder, file), 'utf8');

describe.each(contractIds)('a plugin for the contract %s', (contract) => {
  it('has the same files, the adapter under its own name', async () => {
    const files = await templateFiles('@acme/aiwork-new', contract);
    expect([...files.keys()].sort()).toEqual(
      [
        '.gitignore',
        'README.md',
        'contract.ts',
        'src/contract.test.ts',
        `src/${contract}.ts`,
        'src/index.ts',
        'tsconfig.build.json',
        'tsconfig.json',
      ].sort(),
    );
  });

  it('is called by its own names throughout', async () => {
    const files = await templateFiles('@acme/aiwork-new', contract);
    expect(files.get('src/index.ts')).toContain('export function newPlugin(');
    expect(files.get('src/index.ts')).toContain("name: '@acme/aiwork-new'");
    expect(files.get('contract.ts')).toContain("name: '@acme/aiwork-new'");
    expect([...files.values()].join('\n')).not.toMatch(/my-?plugin|the-contract|TheAdapter/i);
  });

  it('cites groups of checks that there are', async () => {
    const contracts = [
      stateStoreContract,
      runStoreContract,
      taskQueueContract,
      cacheContract,
      memoryContract,
      guardrailContract,
      embedderContract,
      chatModelContract,
      flowExporterContract,
    ];
    const groups = contracts.flatMap(({ id, groups: own }) => own.map((group) => `${id}.${group.id}`));
    const text = (await templateFiles('new', contract)).get(`src/${contract}.ts`) ?? '';
    const cited = [...text.matchAll(/\[([a-z-]+\.[a-z-]+)\]/g)].map((match) => match[1]);
    expect(cited.length).toBeGreaterThan(2);
    expect(cited.filter((id) => id === undefined || !groups.includes(id))).toEqual([]);
  });
});

describe('createPlugin', () => {
  it('writes a package that depends on what this workspace is tested with', async () => {
    const folder = join(await newFolder(), 'deep', 'new');
    await createPlugin({ name: '@acme/new', contract: 'cache', folder });
    const manifest = JSON.parse(await read(folder, 'package.json'));
    const { devDependencies } = JSON.parse(
      await readFile(new URL('../package.json', import.meta.url), 'utf8'),
    );
    expect(manifest).toMatchObject({
      name: '@acme/new',
      type: 'module',
      peerDependencies: { '@aiwork/core': devDependencies['@aiwork/core'] },
      devDependencies: {
        '@aiwork/contract-tests': devDependencies['@aiwork/contract-tests'],
        typescript: devDependencies.typescript,
        vitest: devDependencies.vitest,
      },
    });
    expect(Object.values(manifest.devDependencies)).not.toContain(undefined);
    expect(await read(folder, 'README.md')).toContain('# @acme/new');
  });
});

describe('writeProject', () => {
  const files = new Map([
    ['a.txt', 'a'],
    ['src/b.txt', 'b'],
  ]);

  it('makes a new folder that others may read, with nothing beside it', async () => {
    const parent = await newFolder();
    await mkdir(join(parent, 'usual'));
    await writeProject(join(parent, 'new'), files);
    expect(await read(parent, 'new/src/b.txt')).toBe('b');
    expect((await readdir(parent)).sort()).toEqual(['new', 'usual']);
    expect((await stat(join(parent, 'new'))).mode).toBe((await stat(join(parent, 'usual'))).mode);
  });

  it('fills an empty folder and leaves it the same one', async () => {
    const folder = await newFolder();
    const { ino } = await stat(folder);
    await writeProject(folder, files);
    expect((await readdir(folder)).sort()).toEqual(['a.txt', 'src']);
    expect((await stat(folder)).ino).toBe(ino);
  });

  it('refuses a folder that is not empty, and a file, and changes neither', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'mine'), 'mine');
    await expect(writeProject(folder, files)).rejects.toThrow(/is not empty \(mine\): give a new folder/);
    await expect(writeProject(join(folder, 'mine'), files)).rejects.toThrow(/is a file/);
    expect(await readdir(folder)).toEqual(['mine']);
    expect(await read(folder, 'mine')).toBe('mine');
  });

  it.each(['new', '.'])('leaves nothing behind when writing to %s fails', async (name) => {
    const parent = await newFolder();
    const impossible = new Map([...files, ['a.txt/c.txt', 'there is a file of that name']]);
    await expect(writeProject(join(parent, name), impossible)).rejects.toThrow(/a\.txt/);
    expect(await readdir(parent)).toEqual([]);
    expect(existsSync(parent), basename(parent)).toBe(true);
  });
});

describe('names', () => {
  it.each([
    ['@acme/aiwork-redis', 'redisPlugin'],
    ['aiwork-plugin-big-table', 'bigTablePlugin'],
    ['my.store_2', 'myStore2Plugin'],
    ['delete', 'deletePlugin'],
    ['2d', 'plugin'],
    ['define-plugin', 'plugin'],
    ['aiwork-plugin', 'plugin'],
  ])('exports %s as %s', (name, exported) => {
    expect(exportName(name)).toBe(exported);
  });

  it.each(['Upper', 'a b', '../up', '.hidden', '', 'node_modules', '@acme', 'fs'])('refuses "%s"', (name) => {
    expect(problemOfName(name)).toEqual(expect.stringMatching(/\w/));
  });
});
