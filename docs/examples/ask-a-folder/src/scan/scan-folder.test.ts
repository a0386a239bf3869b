import { execFileSync } from 'node:child_process';
import { symlink, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { calm, testFolder } from '../testing/folder.fixture.ts';
import { type ScanOptions, scanFolder } from './scan-folder.ts';

async function scan(folder: string, options: Partial<ScanOptions> = {}) {
  const { files, skipped } = await scanFolder({ folder, signal: calm, ...options });
  return {
    paths: files.map(({ path }) => path),
    skipped: Object.fromEntries(
      skipped.map(({ path, reason, detail }) => [path, detail ? `${reason}: ${detail}` : reason]),
    ),
  };
}

describe('scanFolder', () => {
  it('lists files by name, those nearest to the top first', async () => {
    const folder = await testFolder({ 'b/deep.md': 'x', 'z.md': 'x', 'a.txt': 'x', 'b/a/deeper.md': 'x' });
    expect((await scan(folder)).paths).toEqual(['a.txt', 'z.md', 'b/deep.md', 'b/a/deeper.md']);
  });

  it('finds nothing in an empty folder', async () => {
    expect(await scan(await testFolder())).toEqual({ paths: [], skipped: {} });
  });

  it('leaves out dependencies, hidden names, lock files and what it wrote itself', async () => {
    const folder = await testFolder({
      'node_modules/x/readme.md': 'x',
      'sub/node_modules/x/readme.md': 'x',
      '.git/config': 'x',
      '.env': 'PASSWORD=1',
      'package-lock.json': '{}',
      'Cargo.lock': 'x',
      'out/report.html': 'x',
      'kept.md': 'x',
    });
    const { paths, skipped } = await scan(folder, { exclude: [join(folder, 'out')] });
    expect(paths).toEqual(['kept.md']);
    expect(skipped).toEqual({
      node_modules: 'installed dependencies',
      'sub/node_modules': 'installed dependencies',
      '.git': 'hidden',
      '.env': 'hidden',
      'package-lock.json': 'lock file',
      'Cargo.lock': 'lock file',
      out: 'written by this demo',
    });
  });

  it('leaves out what git leaves out, and says so once for a folder', async () => {
    const folder = await testFolder({
      '.gitignore': 'dist/\n*.tmp\n!keep.tmp\n',
      'dist/a.js': 'x',
      'dist/b.js': 'x',
      'a.tmp': 'x',
      'keep.tmp': 'x',
      'sub/.gitignore': 'secret.md\n',
      'sub/secret.md': 'x',
      'secret.md': 'x',
    });
    const { paths, skipped } = await scan(folder);
    expect(paths).toEqual(['keep.tmp', 'secret.md']);
    expect(skipped).toMatchObject({ dist: 'left out by .gitignore', 'a.tmp': 'left out by .gitignore' });
    expect(skipped['sub/secret.md']).toBe('left out by .gitignore');
  });

  it('does not open a file of 200 MB', async () => {
    const folder = await testFolder({ 'huge.log': '', 'huge.pdf': '', 'small.md': 'x' });
    await truncate(join(folder, 'huge.log'), 200_000_000);
    await truncate(join(folder, 'huge.pdf'), 200_000_000);
    const { paths, skipped } = await scan(folder);
    expect(paths).toEqual(['small.md']);
    expect(skipped).toEqual({
      'huge.log': 'larger than 2 MB: 200 MB',
      'huge.pdf': 'larger than 32 MB: 200 MB',
    });
  });

  it.skipIf(process.platform === 'win32')(
    'follows no symbolic link, and tells loops from dead ends',
    async () => {
      const folder = await testFolder({ 'real/a.md': 'x' });
      await symlink('.', join(folder, 'real', 'around'));
      await symlink('me', join(folder, 'me'));
      await symlink('nowhere', join(folder, 'dead'));
      await symlink('real/a.md', join(folder, 'twin.md'));
      const { paths, skipped } = await scan(folder);
      expect(paths).toEqual(['real/a.md']);
      expect(skipped).toEqual({
        'real/around': 'symbolic link to a folder, not followed',
        me: 'symbolic link that leads back to itself',
        dead: 'symbolic link to nothing',
        'twin.md': 'symbolic link to a file, not followed',
      });
    },
  );

  it.skipIf(process.platform === 'win32')('does not wait for a named pipe', async () => {
    const folder = await testFolder({ 'a.md': 'x' });
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(await scan(folder)).toEqual({ paths: ['a.md'], skipped: { pipe: 'neither a file nor a folder' } });
  });

  it('reads no more files than its limit, and names the others', async () => {
    const folder = await testFolder({ 'a.md': 'x', 'b.md': 'x', 'c/d.md': 'x', 'c/e.md': 'x' });
    expect(await scan(folder, { limits: { files: 3 } })).toEqual({
      paths: ['a.md', 'b.md', 'c/d.md'],
      skipped: { 'c/e.md': 'more than 3 files' },
    });
  });

  it('reads no more text than its limit, PDFs not counted', async () => {
    const folder = await testFolder({
      'a.md': 'x'.repeat(60),
      'b.md': 'x'.repeat(60),
      'c.pdf': 'x'.repeat(60),
      'd.md': 'x',
    });
    expect(await scan(folder, { limits: { totalTextBytes: 100 } })).toEqual({
      paths: ['a.md', 'c.pdf', 'd.md'],
      skipped: { 'b.md': 'more than 100 B of text in all' },
    });
  });

  it('ends its search after so many names', async () => {
    const folder = await testFolder({ 'a.md': 'x', 'b/c.md': 'x', 'b/d.md': 'x' });
    expect(await scan(folder, { limits: { entries: 3 } })).toEqual({
      paths: ['a.md', 'b/c.md'],
      skipped: { b: 'after 3 names the search was ended' },
    });
  });

  it('looks only at the extensions asked for, and does not list the others', async () => {
    const folder = await testFolder({ 'a.md': 'x', 'B.MD': 'x', 'c.txt': 'x' });
    expect(await scan(folder, { only: ['md'] })).toEqual({ paths: ['B.MD', 'a.md'], skipped: {} });
  });

  it('takes names as they are', async () => {
    const names = ['ünï — ☃.md', 'with space.md', '-dash.md', '__proto__.md'];
    const folder = await testFolder(Object.fromEntries(names.map((name) => [name, 'x'])));
    expect((await scan(folder)).paths.sort()).toEqual([...names].sort());
  });

  it('stops when it is told to', async () => {
    const folder = await testFolder({ 'a.md': 'x' });
    await expect(scan(folder, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });
});
