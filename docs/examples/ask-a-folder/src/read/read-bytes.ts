import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

// Windows knows neither. Without them a named pipe put in a file's place would hold up the run.
const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

/** The bytes of a regular file, or `undefined` when by now it is something else or larger than the limit. */
export async function readBytes(
  path: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const stats = await handle.stat();
    if (!stats.isFile() || stats.size > maxBytes) return undefined;
    return await handle.readFile({ signal });
  } finally {
    await handle.close();
  }
}
