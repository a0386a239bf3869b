import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../command.ts';
import { read } from './markdown.ts';

const overview = read('docs/architecture/overview.md');

describe('the overview', () => {
  it('names files and folders that are there', () => {
    const paths = [...overview.matchAll(/`((?:packages|plugins|contract-tests|docs|scripts)\/[^`\s]*)`/g)];
    const missing = paths.map((match) => match[1] ?? '').filter((path) => !existsSync(join(root, path)));
    expect(paths.length).toBeGreaterThan(10);
    expect(missing).toEqual([]);
  });

  it('names every package and every folder of core', () => {
    const manifests = globSync(
      [
        'packages/*/package.json',
        'plugins/*/package.json',
        'contract-tests/package.json',
        'docs/examples/*/package.json',
      ],
      { cwd: root },
    );
    const names = manifests.map((file) => JSON.parse(read(file)).name as string);
    const folders = globSync('packages/core/src/*/', { cwd: root }).map(
      (folder) => `${folder.replace(/\/$/, '')}/`,
    );
    const unnamed = [...names, ...folders].filter((name) => !overview.includes(`\`${name}\``));
    expect(unnamed).toEqual([]);
  });

  it('names every decision', () => {
    const decisions = globSync('docs/architecture/decisions/*.md', { cwd: root }).map((file) =>
      file.split('/').at(-1),
    );
    expect(decisions.filter((name) => !overview.includes(`decisions/${name}`))).toEqual([]);
  });
});
