import { describe, expect, it } from 'vitest';
import { AiworkError } from '../../errors.ts';
import { isBusy, toStoreError } from './sqlite-errors.ts';

const sqlite = (errcode: number, message = 'as SQLite says it') =>
  Object.assign(new Error(message), { errcode });

describe('an error of SQLite', () => {
  it.each([
    [3, 'AIWORK_STORE_FAILED', 'permissions'],
    [5, 'AIWORK_STORE_BUSY', 'busyTimeoutMs'],
    [6, 'AIWORK_STORE_BUSY', 'busyTimeoutMs'],
    [8, 'AIWORK_STORE_FAILED', 'cannot be written'],
    [10, 'AIWORK_STORE_FAILED', 'disk failed'],
    [11, 'AIWORK_CORRUPT_DATA', 'damaged'],
    [13, 'AIWORK_STORE_FAILED', 'disk is full'],
    [14, 'AIWORK_STORE_FAILED', 'cannot be opened'],
    [18, 'AIWORK_LIMIT_EXCEEDED', 'larger than SQLite can hold'],
    [26, 'AIWORK_CORRUPT_DATA', 'not a SQLite database'],
    [1, 'AIWORK_STORE_FAILED', 'as SQLite says it'],
    // An extended code: SQLITE_IOERR_WRITE.
    [778, 'AIWORK_STORE_FAILED', 'disk failed'],
  ])('with code %d becomes %s and names the file', (errcode, code, part) => {
    const error = toStoreError(sqlite(errcode), '/data/x.db');
    expect(error).toMatchObject({ code, outcome: 'not-applied', retryable: code === 'AIWORK_STORE_BUSY' });
    expect(error.message).toContain('/data/x.db');
    expect(error.message).toContain(part);
  });

  it('is busy for every kind of lock', () => {
    // SQLITE_BUSY, SQLITE_LOCKED, SQLITE_BUSY_SNAPSHOT.
    expect([5, 6, 517, 10].map((errcode) => isBusy(sqlite(errcode)))).toEqual([true, true, true, false]);
    expect(isBusy(undefined)).toBe(false);
  });

  it('is handed on when it is already described', () => {
    const error = new AiworkError('AIWORK_CLOSED', 'closed');
    expect(toStoreError(error, 'x.db')).toBe(error);
  });

  it('may be anything that is thrown', () => {
    expect(toStoreError('odd', 'x.db')).toMatchObject({ code: 'AIWORK_STORE_FAILED', cause: 'odd' });
  });
});
