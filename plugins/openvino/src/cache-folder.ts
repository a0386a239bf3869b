import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

type Environment = Readonly<Record<string, string | undefined>>;

function userCache(platform: string, env: Environment): string {
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  if (platform === 'win32') return env['LOCALAPPDATA'] || join(homedir(), 'AppData', 'Local');
  return env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
}

/** Where this package keeps what it downloads: a folder of the user's cache, which may be deleted at any time. */
export function cacheFolder(platform: string = process.platform, env: Environment = process.env): string {
  return join(userCache(platform, env), 'aiwork', 'openvino');
}
