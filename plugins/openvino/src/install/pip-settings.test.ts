import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageIndex } from './pip-settings.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aiwork-openvino-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function fromFile(text: string) {
  const file = join(folder, 'pip.conf');
  await writeFile(file, text);
  return packageIndex({ PIP_CONFIG_FILE: file }, 'linux');
}

describe('packageIndex', () => {
  it('is the one that PIP_INDEX_URL names, without its password', async () => {
    expect(await packageIndex({ PIP_INDEX_URL: 'https://me:p%40ss@index.test/simple/' })).toEqual({
      url: 'https://index.test/simple',
      authorization: `Basic ${Buffer.from('me:p@ss').toString('base64')}`,
    });
  });

  it("is the one of pip's settings", async () => {
    expect(await fromFile('[global]\ntimeout = 60\nindex-url = https://mirror.test/simple\n')).toEqual({
      url: 'https://mirror.test/simple',
    });
    expect(await fromFile('[global]\nindex_url = https://mirror.test/root/pypi/+simple/\n')).toEqual({
      url: 'https://mirror.test/root/pypi/+simple',
    });
  });

  it('is the one for downloads, where there are several', async () => {
    const text =
      '[global]\nindex-url = https://all.test/simple\n[download]\nindex-url = https://down.test/simple\n';
    expect(await fromFile(text)).toEqual({ url: 'https://down.test/simple' });
  });
});
