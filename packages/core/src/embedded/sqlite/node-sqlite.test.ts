import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadNodeSqlite, withoutSqliteWarning } from './node-sqlite.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('loading node:sqlite', () => {
  it('gives the module', () => {
    expect(loadNodeSqlite().DatabaseSync).toBeTypeOf('function');
  });

  it('keeps back the warning that SQLite is experimental, and no other', () => {
    const emitWarning = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const result = withoutSqliteWarning(() => {
      process.emitWarning(
        'SQLite is an experimental feature and might change at any time',
        'ExperimentalWarning',
      );
      process.emitWarning('Type Stripping is an experimental feature', 'ExperimentalWarning');
      process.emitWarning(new Error('disk'), { code: 'X' });
      return 7;
    });
    expect(result).toBe(7);
    expect(emitWarning.mock.calls).toEqual([
      ['Type Stripping is an experimental feature', 'ExperimentalWarning'],
      [new Error('disk'), { code: 'X' }],
    ]);
  });

  it('leaves process.emitWarning as it was, also when loading throws', () => {
    const before = process.emitWarning;
    const fail = () => {
      throw new Error('no such module');
    };
    expect(() => withoutSqliteWarning(fail)).toThrow('no such module');
    expect(process.emitWarning).toBe(before);
  });

  it('says which Node is needed when there is none', async () => {
    vi.resetModules();
    const fresh = await import('./node-sqlite.ts');
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never);
    expect(() => fresh.loadNodeSqlite()).toThrowError(
      expect.objectContaining({ code: 'AIWORK_STORE_FAILED', message: expect.stringContaining('22.13') }),
    );
  });
});
