import { AiworkError, type ErrorCode } from '../../errors.ts';

/** Primary result codes, from https://www.sqlite.org/rescode.html. */
const explained: Readonly<Record<number, readonly [code: ErrorCode, advice: string]>> = {
  3: ['AIWORK_STORE_FAILED', 'this process may not use it: check the permissions of the file and its folder'],
  5: [
    'AIWORK_STORE_BUSY',
    'other processes kept it locked: try again, or open it with a longer busyTimeoutMs',
  ],
  6: [
    'AIWORK_STORE_BUSY',
    'other processes kept it locked: try again, or open it with a longer busyTimeoutMs',
  ],
  8: ['AIWORK_STORE_FAILED', 'it cannot be written: check the permissions of the file and its folder'],
  10: ['AIWORK_STORE_FAILED', 'reading or writing the disk failed: check the disk and the file system'],
  11: [
    'AIWORK_CORRUPT_DATA',
    'the file is damaged: restore a backup, or move it away to start with an empty one',
  ],
  13: ['AIWORK_STORE_FAILED', 'the disk is full: make room'],
  14: [
    'AIWORK_STORE_FAILED',
    'the file cannot be opened: check that the path is a file this process may read and write',
  ],
  18: ['AIWORK_LIMIT_EXCEEDED', 'a value is larger than SQLite can hold'],
  26: ['AIWORK_CORRUPT_DATA', 'the file is not a SQLite database: give another path, or move the file away'],
};

const busy = new Set([5, 6]);

/** The primary result code of an error that came from SQLite. */
function resultCode(error: unknown): number | undefined {
  const errcode = (error as { errcode?: unknown } | undefined)?.errcode;
  return typeof errcode === 'number' ? errcode & 0xff : undefined;
}

/** Whether another connection was in the way. */
export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code !== undefined && busy.has(code);
}

/** Describes what SQLite threw; errors of the project's own family are handed on. */
export function toStoreError(
  error: unknown,
  path: string,
  outcome: 'not-applied' | 'unknown' = 'not-applied',
): AiworkError {
  if (AiworkError.isInstance(error)) return error;
  const result = resultCode(error);
  const [code, advice] = (result !== undefined && explained[result]) || [
    'AIWORK_STORE_FAILED',
    String(error),
  ];
  const detail = error instanceof Error ? ` (SQLite says: ${error.message})` : '';
  return new AiworkError(code, `the store ${path}: ${advice}${detail}`, {
    cause: error,
    retryable: code === 'AIWORK_STORE_BUSY',
    outcome,
  });
}

/** Stored rows that do not add up. */
export function corruptData(path: string, what: string, cause?: unknown): AiworkError {
  return new AiworkError(
    'AIWORK_CORRUPT_DATA',
    `the store ${path}: ${what}; restore a backup of the file`,
    cause === undefined ? {} : { cause },
  );
}
