import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { unreadable } from '../model-error.ts';

/** What is in a file of a folder; `undefined` if there is no such file. */
export async function readIfThere(folder: string, name: string): Promise<Buffer | undefined> {
  try {
    return await readFile(join(folder, name));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw unreadable(`${name} in ${folder} cannot be read: ${String(error)}`, error);
  }
}

/** A JSON file of a folder, checked against a schema; `undefined` if there is no such file. */
export async function readJson<T>(
  folder: string,
  name: string,
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  const bytes = await readIfThere(folder, name);
  if (bytes === undefined) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw unreadable(`${name} in ${folder} is no JSON: ${String(error)}`, error);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    throw unreadable(`${name} in ${folder} is not as it should be: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}
