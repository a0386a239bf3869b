import { readFile, stat } from 'node:fs/promises';
import type { ApiKey, Authenticator } from '@aiwork/server';
import { UsageError } from '../usage-error.ts';
import type { ServerPackage } from './server-package.ts';

/** How long a key that was taken out of the file is let in at most, in milliseconds. */
const staleMs = 1000;

export interface KeyFile extends Authenticator {
  /** How many keys it had when it was opened. */
  readonly count: number;
}

/**
 * Knows principals by a file of keys, a line of JSON for each, as it is now: a change counts within a second, and one
 * that cannot be read is told of and leaves things as they were.
 *
 * @throws `AIWORK_USAGE` naming file and line when it cannot be read, or has no key.
 */
export async function openKeyFile(
  path: string,
  { apiKeys }: ServerPackage,
  warn: (message: string) => void,
): Promise<KeyFile> {
  const keys = await readKeys(path);
  if (keys.length === 0) {
    throw new UsageError(`${path} has no key: nobody would be let in`, {
      hint: `aiwork keys new ${path} ada --scope '*:*'`,
    });
  }
  let state = await stateOf(path);
  let lookedAt = performance.now();
  let current = known(path, () => apiKeys(keys));
  let reading: Promise<void> | undefined;

  async function refresh(): Promise<void> {
    const now = await stateOf(path);
    lookedAt = performance.now();
    if (now === state) return;
    state = now;
    try {
      const changed = await readKeys(path);
      current = known(path, () => apiKeys(changed));
    } catch (error) {
      warn(`${error instanceof Error ? error.message : error}: the keys of before stay`);
    }
  }

  return {
    count: keys.length,
    async authenticate(token) {
      if (performance.now() - lookedAt >= staleMs) {
        reading ??= refresh().finally(() => {
          reading = undefined;
        });
        await reading;
      }
      return current.authenticate(token);
    },
  };
}

/** The keys of a file, in its order. What is written in it is never quoted: it could be a key itself. */
export async function readKeys(path: string): Promise<readonly ApiKey[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`cannot read the keys in ${path}: ${error.code ?? error.message}`);
  });
  return text.split('\n').flatMap((line, i) => {
    if (line.trim() === '' || line.startsWith('#')) return [];
    const key = parsed(line);
    if (isKey(key)) return [key];
    throw new UsageError(`${path}:${i + 1} is no key: a line is {"id":"…","scopes":["…"],"hash":"…"}`, {
      hint: 'aiwork keys new writes such lines',
    });
  });
}

/** What the server says of keys, with the file that they are in. */
export function known<T>(path: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw new UsageError(`${path}: ${error instanceof Error ? error.message : error}`);
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isKey(value: unknown): value is ApiKey {
  if (typeof value !== 'object' || value === null) return false;
  const { id, scopes, hash } = value as Partial<Record<keyof ApiKey, unknown>>;
  const areWords = Array.isArray(scopes) && scopes.every((scope) => typeof scope === 'string');
  return typeof id === 'string' && areWords && typeof hash === 'string';
}

/** Changes with the file; a link to another one, as volumes of Kubernetes have it, is another file. */
async function stateOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found ? `${found.ino} ${found.size} ${found.mtimeMs}` : 'gone';
}
