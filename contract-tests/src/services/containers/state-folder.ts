import { lstat, mkdir } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** Where processes of one user meet: locks, what could not be pulled, the log of a dockerd that we started. */
export async function stateFolder(): Promise<string> {
  const { uid, username } = userInfo();
  const folder = join(tmpdir(), `aiwork-services-${uid < 0 ? username : uid}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Others may write beside it, and could have made it first, with links in it.
  const found = await lstat(folder);
  if (uid >= 0 && (found.uid !== uid || !found.isDirectory())) {
    throw new Error(`${folder} belongs to another user: remove it, or set TMPDIR to a folder of your own`);
  }
  return folder;
}
