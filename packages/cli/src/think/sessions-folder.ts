import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

/** Where what a user said is kept, as is the custom of the system. */
export function sessionsFolder({ env, platform } = process): string {
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'aiwork');
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || join(homedir(), 'AppData', 'Local'), 'aiwork');
  return join(env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'aiwork');
}
