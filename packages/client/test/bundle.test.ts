import { builtinModules } from 'node:module';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { bundleForPages } from './bundle.fixture.ts';

it('is small in a page, and needs nothing of Node or of other packages there', async () => {
  const output = await bundleForPages();
  const [{ code, imports }] = output;
  expect(output).toHaveLength(1);
  expect(imports).toEqual([]);
  for (const name of ['process', 'Buffer', 'require', ...builtinModules.map((name) => `node:${name}`)]) {
    expect(code).not.toMatch(new RegExp(`\\b${name}\\b(?=[.(])`));
  }
  expect(code.length).toBeLessThan(20_000);
  expect(gzipSync(code).length).toBeLessThan(5000);
});
