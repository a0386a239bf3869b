import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** How much of a process is in memory, libraries that others use, too, included: seen from outside, for all alike. */
export async function residentBytesOf(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', `${pid}`]);
  return 1024 * Number(stdout);
}
