import { existsSync, globSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../command.ts';
import { anchorsOf, read, withoutFences } from './markdown.ts';

const files = globSync('**/*.md', {
  cwd: root,
  exclude: ['**/node_modules', 'docs/api', '.changeset', '**/dist', '**/template', 'coverage', 'aiwork-demo'],
}).sort();

it.each(files)('links to what is there: %s', (file) => {
  const text = withoutFences(read(file)).replace(/`[^`\n]*`/g, '');
  const targets = [...text.matchAll(/(?<!\\)\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
  const broken = targets.filter((target) => !isWeb(target) && !leads(file, target));
  expect(broken).toEqual([]);
});

const isWeb = (target: string) => /^(https?|mailto):/.test(target);

function leads(from: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? from : normalize(join(dirname(from), decodeURIComponent(path)));
  // Of what a script writes, nothing is in the repository.
  if (!existsSync(join(root, file)) || file.startsWith('docs/api')) return false;
  return anchor === undefined || (file.endsWith('.md') && anchorsOf(read(file)).has(anchor));
}
