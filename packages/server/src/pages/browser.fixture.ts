import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type BrowserContext, chromium } from 'playwright-core';
import { onTestFinished } from 'vitest';

const run = promisify(execFile);
const paths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const find = () => [process.env['CHROMIUM_PATH'] ?? '', ...paths].find((path) => existsSync(path));

/** A Chromium; where there is none and this is root on Debian, one is installed, unless `AIWORK_INSTALL_ENGINE=0`. */
export async function findChromium(): Promise<string | undefined> {
  const found = find();
  const mayInstall =
    process.getuid?.() === 0 &&
    existsSync('/etc/debian_version') &&
    process.env['AIWORK_INSTALL_ENGINE'] !== '0';
  if (found !== undefined || !mayInstall) return found;
  console.warn('no Chromium is there: installing chromium by apt (AIWORK_INSTALL_ENGINE=0 forbids it) …');
  const apt = (...args: readonly string[]) =>
    run('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=120', ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  try {
    await apt('update');
    await apt('install', '-y', '--no-install-recommends', 'chromium');
  } catch (error) {
    console.warn(`it could not be installed: ${error instanceof Error ? error.message : error}`);
  }
  return find();
}

/** A browser with nothing in it, closed after the test. */
export async function openBrowser(executablePath: string): Promise<BrowserContext> {
  const profile = await mkdtemp(join(tmpdir(), 'aiwork-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: flags,
    viewport: { width: 1280, height: 900 },
  });
  onTestFinished(async () => {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  });
  return context;
}
