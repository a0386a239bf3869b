import { describe, expect, it } from 'vitest';
import { guideSteps, showsAs, withDiff } from './guide-steps.ts';

describe('guideSteps', () => {
  it('reads what a guide tells to run, to see, to write and to change', () => {
    const fence = '```';
    const guide = [
      `${fence}sh`,
      '# first',
      'one',
      'two',
      fence,
      `${fence}text`,
      'shown by two',
      fence,
      `${fence}sh fails`,
      'three',
      fence,
      `${fence}typescript src/a.ts`,
      'const a = 1;',
      fence,
      `${fence}diff src/a.ts`,
      '-const a = 1;',
      '+const a = 2;',
      fence,
      `${fence}ts`,
      'only read',
      fence,
    ].join('\n');
    expect(guideSteps(guide)).toEqual([
      { kind: 'command', command: 'one', fails: false, line: 1 },
      { kind: 'command', command: 'two', fails: false, line: 1, shows: 'shown by two' },
      { kind: 'command', command: 'three', fails: true, line: 9 },
      { kind: 'file', path: 'src/a.ts', text: 'const a = 1;\n', line: 12 },
      { kind: 'edit', path: 'src/a.ts', diff: '-const a = 1;\n+const a = 2;', line: 15 },
    ]);
  });
});

describe('showsAs', () => {
  const output = 'before\nseed 42, 7 ms\nlast (a.b)\nend\n';

  it.each(['seed 42, 7 ms', 'seed …, … ms\nlast (a.b)', 'before\n…\nend', 'before\n…\nlast (a.b)'])(
    'finds %j',
    (shown) => {
      expect(showsAs(output, shown)).toBe(true);
    },
  );

  it.each(['seed 4', 'before\nlast (a.b)', 'last (a-b)', 'end\n…\nbefore', '42, …'])('misses %j', (shown) => {
    expect(showsAs(output, shown)).toBe(false);
  });
});

describe('withDiff', () => {
  const text = 'a\n  b\n\nc\nb\n';

  it('changes the lines that it names, in each of its places', () => {
    expect(withDiff(text, ' a\n-  b\n+  B\n+  x\n\n@@\n-c\n b')).toBe('a\n  B\n  x\n\nb\n');
    expect(withDiff(text, '-a\n+A')).toBe('A\n  b\n\nc\nb\n');
  });

  it('refuses lines that are not there, or not once', () => {
    expect(() => withDiff(text, '-B\n+b')).toThrow('these lines are not there:\nB');
    expect(() => withDiff('b\nb\n', '-b\n+c')).toThrow('there more than once');
  });
});
