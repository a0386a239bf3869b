import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { wheelOf } from './fake-index.fixture.ts';
import { unpackWheel } from './unpack-wheel.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aiwork-openvino-'));
});
afterEach(() => rm(folder, { recursive: true }));

const text = new TextEncoder();

async function unpack(wheel: Uint8Array): Promise<readonly string[]> {
  const file = join(folder, 'it.whl');
  await writeFile(file, wheel);
  await unpackWheel(file, join(folder, 'out'), {});
  return readdir(join(folder, 'out'), { recursive: true });
}

describe('unpackWheel', () => {
  it('unpacks the libraries and licences, and nothing that Python needs', async () => {
    const wheel = await wheelOf({
      'openvino/libs/libopenvino_c.so.2641': text.encode('library'),
      'openvino/__init__.py': text.encode('python'),
      'openvino-2026.4.1.dist-info/licenses/LICENSE': text.encode('licence'),
    });
    const names = await unpack(wheel);
    expect(names).toContain('openvino/libs/libopenvino_c.so.2641');
    expect(names).toContain('openvino-2026.4.1.dist-info/licenses/LICENSE');
    expect(names).not.toContain('openvino/__init__.py');
    const unpacked = await readFile(join(folder, 'out/openvino/libs/libopenvino_c.so.2641'), 'utf8');
    expect(unpacked).toBe('library');
  });

  it('writes nothing outside of the folder', async () => {
    // What makes zips refuses such names, so they are written over one of the same length.
    const honest = Buffer.from(await wheelOf({ 'openvino/libs/aaaaaaaaaaaaa': text.encode('evil') }));
    const evil = Buffer.from(
      honest.toString('latin1').replaceAll('libs/aaaaaaaaaaaaa', 'libs/../../../../e'),
      'latin1',
    );
    await expect(unpack(evil)).rejects.toMatchObject({ code: 'AIWORK_DOWNLOAD_FAILED' });
    expect(await readdir(folder)).toEqual(['it.whl']);
  });

  it('follows no link', async () => {
    const wheel = await wheelOf({ 'openvino/libs/link.so': text.encode('/etc/passwd') }, 0o120777);
    await expect(unpack(wheel)).rejects.toThrow('it has a link, openvino/libs/link.so');
    expect(await readdir(folder)).toEqual(['it.whl']);
  });

  it('says of what is no wheel that it cannot be unpacked', async () => {
    await expect(unpack(text.encode('no zip at all'))).rejects.toMatchObject({
      code: 'AIWORK_DOWNLOAD_FAILED',
    });
  });
});
