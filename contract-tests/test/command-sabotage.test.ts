import { expect, it, vi } from 'vitest';
import { command } from '../src/command/command.ts';

vi.mock('../src/command/contracts.ts', () => import('./proven-badly.fixture.ts'));

it('exits with 1 and names saboteurs that escape and checks that catch nobody', async () => {
  const found: string[] = [];
  const code = await command(['sabotage', '--quiet'], {
    stdout: { write: (text) => found.push(text) },
    stderr: { write: () => {} },
    signal: new AbortController().signal,
  });
  const text = found.join('');
  expect(text).toContain('own  caught  caught by own.all.one, own.all.two\n');
  expect(text).toContain(
    'own  harmless  escaped: own.all.one should have said "one is broken" and did not fail\n',
  );
  expect(text).toContain(
    'own  another  escaped: own.all.one should have said "one is late" and said:\nown.all.one failed on another\n',
  );
  expect(text).toContain('own  own.all.two  catches nobody\nown: 1 of 3 saboteurs caught by 2 checks\n');
  expect(code).toBe(1);
});
