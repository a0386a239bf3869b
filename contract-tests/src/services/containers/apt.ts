import { existsSync } from 'node:fs';
import { runCommand } from './run-command.ts';

const timeoutMs = 10 * 60_000;
const environment = { DEBIAN_FRONTEND: 'noninteractive' };
const waitForOthers = ['-o', 'DPkg::Lock::Timeout=120'];

/** Whether packages can be installed here: Debian, Ubuntu and what is made of them have this file. */
export function isRootOnDebian(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/etc/debian_version');
}

/** Installs packages; when they cannot be found, with fresh lists of what there is. */
export async function aptInstall(...packages: readonly string[]): Promise<void> {
  const install = ['install', '-y', '-qq', ...waitForOthers, ...packages];
  try {
    await runCommand('apt-get', install, { timeoutMs, environment });
  } catch {
    await runCommand('apt-get', ['update', '-qq', ...waitForOthers], { timeoutMs, environment });
    await runCommand('apt-get', install, { timeoutMs, environment });
  }
}
