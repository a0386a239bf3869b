import { mkdir } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** Where processes of one user meet: locks, what could not be pulled, the log of a dockerd that we started. */
export async function stateFolder(): Promise<string> {
  const { uid, username } = userInfo();
  const folder = join(tmpdir(), `aiwork-services-${uid < 0 ? username : uid}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}
