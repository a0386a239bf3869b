import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { compareFiles } from './write-files.ts';

const newFolder = () => mkdtemp(join(tmpdir(), 'aiwork-export-'));

it('tells which files are as they are to be', async () => {
  const folder = await newFolder();
  await writeFile(join(folder, 'a'), 'a');
  await writeFile(join(folder, 'b'), 'b');
  const files = ['a', 'b', 'c/d'].map((path) => ({ path, content: 'a' }));
  expect((await compareFiles(files, folder)).map(({ path, state }) => [path, state])).toEqual([
    [join(folder, 'a'), 'same'],
    [join(folder, 'b'), 'different'],
    [join(folder, 'c', 'd'), 'missing'],
  ]);
});

it.each([
  ['../out'],
  ['a/../../out'],
  ['/out'],
  ['a\\..\\out'],
  ['a//out'],
  ['./out'],
  ['C:out'],
  ['a\0'],
  [''],
  ['twice', 'twice'],
])('refuses %j', async (...paths) => {
  const files = paths.map((path) => ({ path, content: '' }));
  await expect(compareFiles(files, 'dags')).rejects.toThrow('cannot be written');
});

it('follows no link out of the folder', async () => {
  const folder = await newFolder();
  const inside = join(folder, 'dags');
  await mkdir(join(inside, 'real'), { recursive: true });
  await symlink('..', join(inside, 'up'));
  await symlink('real', join(inside, 'same'));
  const file = (path: string) => compareFiles([{ path, content: '' }], inside);
  await expect(file('up/out')).rejects.toThrow('would be written outside');
  await expect(file('up/more/out')).rejects.toThrow('would be written outside');
  expect(await file('same/out')).toMatchObject([{ state: 'missing' }]);
});
