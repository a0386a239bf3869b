import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/model-folder.fixture.ts';
import { writeFilesWhole } from './write-file.ts';

const bytes = (text: string) => Buffer.from(text);

describe('writeFilesWhole', () => {
  it('writes all pieces of all files, and makes their folders', async () => {
    await using folder = await temporaryFolder();
    const [one, other] = [join(folder.path, 'deep/er/one'), join(folder.path, 'other')];
    const written = await writeFilesWhole([
      { path: one, pieces: [bytes('a'), bytes(''), bytes('bc')] },
      { path: other, pieces: [] },
    ]);
    expect(written).toEqual([
      { path: one, bytes: 3 },
      { path: other, bytes: 0 },
    ]);
    expect(await readFile(one, 'utf8')).toBe('abc');
  });

  it('leaves what was there when one of several cannot be made', async () => {
    await using folder = await temporaryFolder();
    const [one, other] = [join(folder.path, 'one'), join(folder.path, 'other')];
    await writeFile(one, 'before');
    async function* broken() {
      yield bytes('some');
      throw new Error('no more');
    }
    const writing = writeFilesWhole([
      { path: one, pieces: [bytes('after')] },
      { path: other, pieces: broken() },
    ]);
    await expect(writing).rejects.toThrow('no more');
    expect(await readdir(folder.path)).toEqual(['one']);
    expect(await readFile(one, 'utf8')).toBe('before');
  });

  it('stops between pieces when its signal fires', async () => {
    await using folder = await temporaryFolder();
    const cancel = new AbortController();
    function* pieces() {
      yield bytes('some');
      cancel.abort();
      yield bytes('more');
    }
    const path = join(folder.path, 'one');
    await expect(writeFilesWhole([{ path, pieces: pieces() }], cancel.signal)).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('leaves nothing where a name is taken by a folder', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'taken');
    await mkdir(join(path, 'by'), { recursive: true });
    await expect(writeFilesWhole([{ path, pieces: [bytes('a')] }])).rejects.toThrow();
    expect(await readdir(folder.path)).toEqual(['taken']);
  });
});
