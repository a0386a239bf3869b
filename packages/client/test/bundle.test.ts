import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { expect, it } from 'vitest';

it('is small in a page, and needs nothing of Node or of other packages there', async () => {
  const bundle = await rolldown({
    input: join(import.meta.dirname, '../src/index.ts'),
    platform: 'browser',
    external: [/^[^./]/],
  });
  const { output } = await bundle.generate({ minify: true });
  const [{ code, imports }] = output;
  expect(output).toHaveLength(1);
  expect(imports).toEqual([]);
  for (const name of ['process', 'Buffer', 'require', ...builtinModules.map((name) => `node:${name}`)]) {
    expect(code).not.toMatch(new RegExp(`\\b${name}\\b(?=[.(])`));
  }
  expect(code.length).toBeLessThan(20_000);
  expect(gzipSync(code).length).toBeLessThan(5000);
});
