import { describe, expect, it } from 'vitest';
import { errorGuide, ungroupedCodes } from './error-guide.ts';
import { read } from './markdown.ts';

describe('the page of errors', () => {
  it('is what `pnpm docs:errors` writes', () => {
    expect(read('docs/guides/errors.md')).toBe(errorGuide());
  });

  it('has every code', () => {
    expect(ungroupedCodes()).toEqual([]);
  });
});
