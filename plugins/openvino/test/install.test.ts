import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { installOpenvino, openvinoStatus } from '../src/index.ts';
import { fakeIndex, type ServedFile, wheelOf } from '../src/install/fake-index.fixture.ts';
import { chooseWheel, thisMachine } from '../src/install/wheel.ts';
import { openvinoOfTests } from '../src/openvino.fixture.ts';

const openvino = await openvinoOfTests();
const [library, why] =
  'library' in openvino ? [openvino.library, ''] : ['', ` (skipped: ${openvino.missing})`];

/** What the library needs to be loaded, without devices and formats. */
const needed = /^(lib)?(openvino(_c)?|tbb\w*|hwloc)(\.\d+)*\.(so|dylib|dll)/;

async function wheel(version: string): Promise<ServedFile> {
  const folder = dirname(library);
  const names = (await readdir(folder)).filter((name) => needed.test(name));
  const files = names.map(
    async (name) => [`openvino/libs/${name}`, await readFile(join(folder, name))] as const,
  );
  const { glibc } = thisMachine();
  const tag = {
    linux: `manylinux_${(glibc ?? '2.28').replace('.', '_')}_${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}`,
    darwin: 'macosx_11_0_arm64',
  }[process.platform as string];
  const bytes = await wheelOf(Object.fromEntries(await Promise.all(files)));
  return { name: `openvino-${version}-1-cp311-cp311-${tag ?? 'win_amd64'}.whl`, bytes };
}

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'aiwork-openvino-'));
  vi.stubEnv('XDG_CACHE_HOME', home);
  vi.stubEnv('LOCALAPPDATA', home);
  vi.stubEnv('HOME', home);
  vi.stubEnv('PATH', '');
  vi.stubEnv('AIWORK_OPENVINO', '');
  vi.stubEnv('INTEL_OPENVINO_DIR', '');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true, force: true });
});

describe.skipIf(library === '')(`installOpenvino${why}`, () => {
  it('fetches, keeps and replaces a version, which is found from then on', { timeout: 120_000 }, async () => {
    const served = await wheel('2026.4.1');
    await using index = await fakeIndex([
      served,
      { name: 'openvino-2026.4.1.tar.gz', bytes: new Uint8Array(1) },
    ]);
    vi.stubEnv('PIP_INDEX_URL', index.url);

    const first = await installOpenvino();
    expect(first).toMatchObject({ version: '2026.4.1', fetched: true });
    expect(basename(first.library)).toBe(basename(library));
    const { found, cacheFolder } = await openvinoStatus();
    expect(found).toContainEqual(
      expect.objectContaining({ origin: 'cache', file: first.library, version: '2026.4.1' }),
    );
    // Nothing of the download is left.
    expect((await readdir(cacheFolder)).sort()).toEqual(['2026.4.1', 'downloads', 'lock.sqlite']);
    expect(await readdir(join(cacheFolder, 'downloads'))).toEqual([]);

    const asked = index.requests.length;
    expect(await installOpenvino({ version: '2026.4.1' })).toEqual({ ...first, fetched: false });
    expect(index.requests).toHaveLength(asked);
    expect(await installOpenvino({ existing: 'replace' })).toEqual(first);
    expect(index.requests.filter((path) => path.endsWith('.whl'))).toHaveLength(2);
  });

  it('lets two at the same time fetch it once', { timeout: 120_000 }, async () => {
    await using index = await fakeIndex([await wheel('2026.4.1')]);
    vi.stubEnv('PIP_INDEX_URL', index.url);
    const both = await Promise.all([installOpenvino(), installOpenvino()]);
    expect(both.map(({ fetched }) => fetched).sort()).toEqual([false, true]);
    expect(index.requests.filter((path) => path.endsWith('.whl'))).toHaveLength(1);
  });

  it('goes on where a download broke off', { timeout: 120_000 }, async () => {
    const served = await wheel('2026.4.1');
    await using index = await fakeIndex([{ ...served, brokenOffAfter: 1_000_000 }]);
    vi.stubEnv('PIP_INDEX_URL', index.url);
    await expect(installOpenvino({ onProgress: index.breakOff })).rejects.toMatchObject({
      code: 'AIWORK_DOWNLOAD_FAILED',
      retryable: true,
    });
    expect(await installOpenvino()).toMatchObject({ fetched: true });
    expect(index.requests.at(-1)).toMatch(/bytes=\d+-$/);
  });

  it('leaves what was there when a wheel holds no library', { timeout: 120_000 }, async () => {
    const { name } = await wheel('2026.4.1');
    const bytes = await wheelOf({ 'openvino/libs/readme.txt': new Uint8Array(10) });
    await using index = await fakeIndex([{ name, bytes }]);
    vi.stubEnv('PIP_INDEX_URL', index.url);
    const { cacheFolder } = await openvinoStatus();
    await cp(dirname(library), join(cacheFolder, '2026.4.1/openvino/libs'), { recursive: true });
    await expect(installOpenvino({ existing: 'replace' })).rejects.toThrow('holds no library');
    expect(await installOpenvino({ version: '2026.4.1' })).toMatchObject({ fetched: false });
  });
});

describe('chooseWheel for this machine', () => {
  it('refuses versions that are not known to work', async () => {
    await expect(installOpenvino({ version: '2024.1' })).rejects.toMatchObject({
      code: 'AIWORK_INVALID_ARGUMENT',
      message: expect.stringContaining('2026.4 or newer'),
    });
    expect(() => chooseWheel([], thisMachine())).toThrow('has no OpenVINO');
  });
});
