import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Progress } from '@aiwork/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { download } from './download.ts';
import { fakeIndex, type ServedFile } from './fake-index.fixture.ts';

const bytes = Uint8Array.from({ length: 300_000 }, (_, n) => n % 251);
const sha256 = createHash('sha256').update(bytes).digest('hex');
const served: ServedFile = { name: 'file.whl', bytes };

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aiwork-openvino-'));
  file = join(folder, 'file.whl');
});
afterEach(() => rm(folder, { recursive: true }));

const optionsFor = ({ url }: { readonly url: string }) => ({ index: { url }, label: 'file' });
const urlIn = ({ url }: { readonly url: string }) => new URL('../files/file.whl', `${url}/`).href;

describe('download', () => {
  it('fetches a file, and says how far it has come', async () => {
    await using index = await fakeIndex([served]);
    const told: Progress[] = [];
    const wanted = { url: urlIn(index), sha256, sizeBytes: bytes.byteLength };
    await download(wanted, file, { ...optionsFor(index), onProgress: (progress) => told.push(progress) });
    expect(Buffer.compare(await readFile(file), bytes)).toBe(0);
    expect(told.at(-1)).toEqual({ done: 300_000, total: 300_000, unit: 'bytes', label: 'file' });
  });

  it('goes on from where an earlier one broke off', async () => {
    await using index = await fakeIndex([{ ...served, brokenOffAfter: 100_000 }]);
    const wanted = { url: urlIn(index), sha256 };
    const brokenOff = { ...optionsFor(index), onProgress: index.breakOff };
    await expect(download(wanted, file, brokenOff)).rejects.toMatchObject({
      code: 'AIWORK_DOWNLOAD_FAILED',
      retryable: true,
    });
    const had = (await readFile(file)).byteLength;
    expect(had).toBeGreaterThan(0);
    await download(wanted, file, optionsFor(index));
    expect(index.requests.at(-1)).toBe(`/files/file.whl bytes=${had}-`);
    expect(Buffer.compare(await readFile(file), bytes)).toBe(0);
  });

  it('fetches nothing that is there already', async () => {
    await using index = await fakeIndex([served]);
    await writeFile(file, bytes);
    await download({ url: urlIn(index), sha256 }, file, optionsFor(index));
    expect(index.requests).toEqual([]);
  });

  it('throws away what has another checksum', async () => {
    await using index = await fakeIndex([served]);
    const wanted = { url: urlIn(index), sha256: sha256.replaceAll(/\d/g, '0') };
    await expect(download(wanted, file, optionsFor(index))).rejects.toMatchObject({
      code: 'AIWORK_DOWNLOAD_FAILED',
      message: expect.stringContaining(sha256),
    });
    await expect(readFile(file)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('stops at more bytes than there should be', async () => {
    await using index = await fakeIndex([served]);
    const wanted = { url: urlIn(index), sha256, sizeBytes: 1000 };
    await expect(download(wanted, file, optionsFor(index))).rejects.toThrow('more bytes than it should');
  });

  it('ends at once when it is aborted', async () => {
    await using index = await fakeIndex([served]);
    const signal = AbortSignal.abort(new Error('the user left'));
    const options = { ...optionsFor(index), signal };
    await expect(download({ url: urlIn(index), sha256 }, file, options)).rejects.toMatchObject({
      code: 'AIWORK_CANCELLED',
    });
  });
});
