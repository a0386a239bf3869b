import { describe, expect, it } from 'vitest';
import { fakeIndex } from './fake-index.fixture.ts';
import { packageFiles } from './package-files.ts';

const name = 'openvino-2026.4.1-22982-cp311-cp311-manylinux_2_28_x86_64.whl';
const file = { name, bytes: Uint8Array.of(1, 2, 3) };
const sha256 = '039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81';

describe('packageFiles', () => {
  it.each(['json', 'html'] as const)('reads a list in %s', async (form) => {
    await using index = await fakeIndex([file], form);
    const [seen, ...others] = await packageFiles({ url: index.url }, 'openvino');
    expect(others).toEqual([]);
    const url = new URL(`../files/${name}`, `${index.url}/`).href;
    expect(seen).toMatchObject({ name, url, sha256, yanked: false });
  });

  it('says of a package that is not there which index was asked', async () => {
    await using index = await fakeIndex([]);
    await expect(packageFiles({ url: index.url }, 'other')).rejects.toMatchObject({
      code: 'AIWORK_DOWNLOAD_FAILED',
      message: expect.stringContaining(`${index.url} has no package other`),
    });
  });

  it('says of an index that cannot be reached what to look at', async () => {
    const index = await fakeIndex([]);
    await index[Symbol.asyncDispose]();
    await expect(packageFiles({ url: index.url }, 'openvino')).rejects.toMatchObject({
      code: 'AIWORK_DOWNLOAD_FAILED',
      retryable: true,
      message: expect.stringContaining('PIP_INDEX_URL'),
    });
  });

  it('tells the index who asks, and shows nobody the password', async () => {
    await using index = await fakeIndex([]);
    const authorization = 'Basic c2VjcmV0';
    const asked = packageFiles({ url: index.url, authorization }, 'other');
    const error: unknown = await asked.catch((reason) => reason);
    expect(index.authorizations).toEqual([authorization]);
    expect(String(error)).not.toContain('c2VjcmV0');
  });
});
