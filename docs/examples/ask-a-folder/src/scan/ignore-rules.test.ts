import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { testFolder } from '../testing/folder.fixture.ts';
import { ignoreRulesFor } from './ignore-rules.ts';

describe('ignoreRulesFor', () => {
  it('knows the rules of the folders around, up to the root of the repository', async () => {
    const root = await testFolder({
      '.gitignore': 'outside.md\n',
      'repository/.git/HEAD': '',
      'repository/.gitignore': '*.log\n',
      'repository/docs/a.md': '',
    });
    const docs = join(root, 'repository', 'docs');
    const rules = await ignoreRulesFor(docs);
    expect(rules.ignores(join(docs, 'x.log'), false)).toBe(true);
    expect(rules.ignores(join(docs, 'outside.md'), false)).toBe(false);
  });

  it('lets a rule further in take back one further out', async () => {
    const root = await testFolder({ '.gitignore': '*.log\n', 'sub/.gitignore': '!kept.log\n' });
    const rules = await (await ignoreRulesFor(root)).within(join(root, 'sub'));
    expect(rules.ignores(join(root, 'sub', 'kept.log'), false)).toBe(false);
    expect(rules.ignores(join(root, 'sub', 'other.log'), false)).toBe(true);
  });

  it('looks into a folder that git leaves out when that is the one asked about', async () => {
    const root = await testFolder({ '.git/HEAD': '', '.gitignore': 'dist/\n', 'dist/a.md': '' });
    const rules = await ignoreRulesFor(join(root, 'dist'));
    expect(rules.ignores(join(root, 'dist', 'a.md'), false)).toBe(false);
  });
});
