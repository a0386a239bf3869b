import { describe, expect, it } from 'vitest';
import { didYouMean, idList } from './suggest.ts';

describe('didYouMean', () => {
  it('names the candidate that a slip of the finger leads away from', () => {
    expect(didYouMean('sumarise', ['fetch', 'summarise', 'publish'])).toBe(' Did you mean "summarise"?');
  });

  it('says nothing when nothing is near', () => {
    expect(didYouMean('deploy', ['fetch', 'summarise'])).toBe('');
    expect(didYouMean('ab', ['xy'])).toBe('');
    expect(didYouMean('anything', [])).toBe('');
  });
});

describe('idList', () => {
  it('stops at ten', () => {
    const ids = Array.from({ length: 12 }, (_, i) => `s${i}`);
    expect(idList(ids)).toMatch(/^"s0", .*"s9" and 2 more$/);
    expect(idList(['a', 'b'])).toBe('"a", "b"');
  });
});
