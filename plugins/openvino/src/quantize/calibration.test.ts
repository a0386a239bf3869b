import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSamples, split } from './calibration.ts';

describe('samples', () => {
  it('are read line by line, and named where they cannot be', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aiwork-openvino-'));
    const file = join(folder, 'samples.jsonl');
    await writeFile(file, '{"x": [1, 2]}\n\r\n{"x": [3, 4]}');
    expect(await readSamples(file)).toEqual([{ x: [1, 2] }, { x: [3, 4] }]);
    for (const bad of ['[1]', '7', '{"x": ', 'null']) {
      await writeFile(file, `{"x": 1}\n${bad}\n`);
      await expect(readSamples(file)).rejects.toMatchObject({
        code: 'AIWORK_INVALID_ARGUMENT',
        message: expect.stringContaining('line 2'),
      });
    }
    await rm(folder, { recursive: true });
    await expect(readSamples(file)).rejects.toThrow(file);
  });

  it('are checked with others than they calibrate with', () => {
    const samples = Array.from({ length: 23 }, (_, x) => ({ x }));
    const { calibrating, checking } = split(samples);
    expect(checking.map(({ x }) => x)).toEqual([4, 9, 14, 19]);
    expect([...calibrating, ...checking].sort((a, b) => (a['x'] as number) - (b['x'] as number))).toEqual(
      samples,
    );
    expect(() => split(samples.slice(0, 9))).toThrow('give at least 10');
  });
});
