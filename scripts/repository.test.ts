import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './command.ts';

const files = (...patterns: string[]) => globSync(patterns, { cwd: root });

const read = (file: string) => readFileSync(join(root, file), 'utf8');

describe('the repository', () => {
  it('has a lockfile that names no host', () => {
    expect(read('pnpm-lock.yaml')).not.toMatch(/https?:\/\//);
  });

  it('gives every published package a licence, a README and the oldest Node it runs on', () => {
    const manifests = files(
      'packages/*/package.json',
      'plugins/*/package.json',
      'contract-tests/package.json',
    );
    const published = manifests.filter((file) => !JSON.parse(read(file)).private);
    expect(published.length).toBeGreaterThan(0);
    for (const file of published) {
      expect(JSON.parse(read(file)), file).toMatchObject({ license: 'MIT', engines: { node: '>=22.13' } });
      expect(existsSync(join(root, file, '../README.md')), `README.md beside ${file}`).toBe(true);
    }
  });

  it('keeps private what is not to be published', () => {
    for (const file of files('docs/examples/*/package.json', 'packages/bench/package.json')) {
      expect(JSON.parse(read(file)).private, file).toBe(true);
    }
  });
});
