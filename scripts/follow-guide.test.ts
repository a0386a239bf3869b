import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { followGuide } from './follow-guide.ts';

const block = (info: string, ...lines: readonly string[]) =>
  ['```'.concat(info), ...lines, '```', ''].join('\n');

async function follow(...blocks: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'aiwork-guide-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const stuck = await followGuide(blocks.join('\n'), {
    folder,
    translate: (line) => line.replace('make', 'mkdir'),
  });
  return { stuck, read: (file: string) => readFile(join(folder, file), 'utf8') };
}

describe('followGuide', () => {
  it('runs, goes, writes and changes what the guide says', async () => {
    const { stuck, read } = await follow(
      block('sh', 'make inside', 'cd inside'),
      block('typescript src/a.ts', 'const a = 1;'),
      block('diff src/a.ts', '-const a = 1;', '+const a = 2;'),
      block('sh', 'cat src/a.ts'),
      block('text', 'const a = 2;'),
      block('sh fails', 'cat src/b.ts'),
    );
    expect(stuck).toBeUndefined();
    expect(await read('inside/src/a.ts')).toBe('const a = 2;\n');
  });

  it.each([
    ['fails', [block('sh', 'echo why; false')], '1: failed: echo why; false\nwhy'],
    ['does not fail', [block('sh fails', 'echo fine')], '1: should have failed: echo fine\nfine'],
    [
      'shows something else',
      [block('sh', 'echo b'), block('text', 'a')],
      '1: should have shown\na\nand showed',
    ],
    [
      'cannot be changed',
      [block('typescript a.ts', 'a'), block('diff a.ts', '-b', '+c')],
      'these lines are not there:\nb',
    ],
  ])('stops at what %s', async (_name, blocks, problem) => {
    const { stuck, read } = await follow(...blocks, block('typescript after.ts', 'after'));
    expect(stuck).toContain(problem);
    await expect(read('after.ts')).rejects.toThrow('ENOENT');
  });
});
