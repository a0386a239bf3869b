import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { validName } from './valid-name.ts';

vi.setConfig({ testTimeout: 120_000, expect: { poll: { timeout: 60_000 } } });

const free = () => false;

it('keeps a name that all take', () => {
  expect(validName('read_file-2', 'x', free)).toBe('read_file-2');
});

it('makes one of what some refuse, the same one each time', () => {
  expect(validName('Zürich/Wetter heute', 'a', free)).toMatch(/^Z_rich_Wetter_heute_[0-9a-f]{8}$/);
  expect(validName('a b', 'one', free)).toBe(validName('a b', 'one', free));
  expect(validName('a b', 'one', free)).not.toBe(validName('a b', 'two', free));
  expect(validName('taken', 'one', (name) => name === 'taken')).toMatch(/^taken_[0-9a-f]{8}$/);
});

it('makes a name of anything', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (wanted) => {
      expect(validName(wanted, wanted, free)).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    }),
  );
});
