import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parse } from 'ini';

type Environment = Readonly<Record<string, string | undefined>>;

export interface PackageIndex {
  /** Without user name and password. */
  readonly url: string;
  /** What the index is told of who asks. */
  readonly authorization?: string;
}

/** Where pip asks when nobody says otherwise. */
const publicIndex = 'https://pypi.org/simple';

/** pip's files, the one that counts most first. */
function settingsFiles(platform: string, env: Environment): readonly string[] {
  const name = platform === 'win32' ? 'pip.ini' : 'pip.conf';
  const home = homedir();
  const named = env['PIP_CONFIG_FILE'];
  const environment = env['VIRTUAL_ENV'];
  const own = {
    win32: [join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'pip', name), join(home, 'pip', name)],
    darwin: [
      join(home, 'Library', 'Application Support', 'pip', name),
      join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'pip', name),
      join(home, '.pip', name),
      join('/Library/Application Support/pip', name),
    ],
    linux: [
      join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'pip', name),
      join(home, '.pip', name),
      ...(env['XDG_CONFIG_DIRS'] || '/etc/xdg').split(':').map((folder) => join(folder, 'pip', name)),
      join('/etc', name),
    ],
  }[platform === 'win32' || platform === 'darwin' ? platform : 'linux'];
  return [...(named ? [named] : []), ...(environment ? [join(environment, name)] : []), ...own];
}

function indexIn(text: string): string | undefined {
  const settings: Readonly<Record<string, unknown>> = parse(text);
  for (const section of ['download', 'install', 'global']) {
    const values = settings[section];
    if (typeof values !== 'object' || values === null) continue;
    for (const [key, value] of Object.entries(values)) {
      if (key.replaceAll('_', '-') === 'index-url' && typeof value === 'string' && value !== '') return value;
    }
  }
  return undefined;
}

function indexOf(text: string): PackageIndex {
  const url = new URL(text.trim());
  const { username, password } = url;
  url.username = '';
  url.password = '';
  const plain = url.href.replace(/\/$/, '');
  if (username === '' && password === '') return { url: plain };
  const known = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { url: plain, authorization: `Basic ${Buffer.from(known).toString('base64')}` };
}

/** The package index that pip would ask on this machine. */
export async function packageIndex(
  env: Environment = process.env,
  platform: string = process.platform,
): Promise<PackageIndex> {
  const named = env['PIP_INDEX_URL'];
  if (named) return indexOf(named);
  for (const file of settingsFiles(platform, env)) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    const found = text === undefined ? undefined : indexIn(text);
    if (found !== undefined) return indexOf(found);
  }
  return indexOf(publicIndex);
}
