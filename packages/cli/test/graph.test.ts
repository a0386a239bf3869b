import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { aiwork, flowFile, newFolder } from './aiwork.fixture.ts';

vi.setConfig({ testTimeout: 30_000 });

describe('aiwork graph', () => {
  it.each([
    ['mermaid', /^(flowchart|graph) /],
    ['svg', /^<svg [\s\S]*<\/svg>\n$/],
    ['json', /^\{\n {2}"format": 1/],
    ['ts', /defineFlow\(/],
  ])('draws a flow as %s', async (format, looks) => {
    const { code, stdout } = await aiwork(['graph', flowFile('approval.ts'), '--format', format]);
    expect(stdout).toMatch(looks);
    expect(stdout).toContain('approve');
    expect(code).toBe(0);
  });

  it('draws Mermaid when nothing else is asked for', async () => {
    const plain = await aiwork(['graph', flowFile('approval.ts')]);
    const named = await aiwork(['graph', flowFile('approval.ts'), '--format', 'mermaid']);
    expect(plain.stdout).toBe(named.stdout);
  });

  it("goes by the output file's name", async () => {
    const out = join(await newFolder(), 'flow.svg');
    const { stdout, stderr } = await aiwork(['graph', flowFile('approval.ts'), '--out', out]);
    expect(stdout).toBe('');
    expect(stderr).toContain(`Wrote ${out}`);
    expect(await readFile(out, 'utf8')).toMatch(/^<svg /);
  });

  it('writes no drawing under the name of another format, and none where it cannot', async () => {
    const folder = await newFolder();
    const png = await aiwork(['graph', flowFile('approval.ts'), '--out', join(folder, 'flow.png')]);
    expect(png).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/no drawing is a \.png file .*\n.*--format/),
    });
    expect(await readdir(folder)).toEqual([]);
    await writeFile(join(folder, 'taken'), '');
    const inFile = await aiwork([
      'graph',
      flowFile('approval.ts'),
      '--out',
      join(folder, 'taken', 'flow.svg'),
    ]);
    expect(inFile).toMatchObject({ code: 2, stderr: expect.stringContaining('error: cannot write ') });
  });
});
