import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { safetensors, temporaryFolder, writeJson } from '../../../test/model-folder.fixture.ts';
import { openWeights } from './open-weights.ts';

const first = 'model-00001-of-00002.safetensors';
const second = 'model-00002-of-00002.safetensors';
const whole = { [first]: { a: [1, 2] }, [second]: { b: [3] } };

async function open(
  files: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>,
  weightMap: Readonly<Record<string, string>>,
) {
  await using folder = await temporaryFolder();
  for (const [name, tensors] of Object.entries(files)) {
    await writeFile(join(folder.path, name), safetensors(tensors));
  }
  await writeJson(folder, 'model.safetensors.index.json', { weight_map: weightMap });
  await using weights = await openWeights(folder.path);
  const tensors = [...weights.tensors].map(async ([name, tensor]) => [name, [...(await tensor.floats())]]);
  return Object.fromEntries(await Promise.all(tensors));
}

describe('openWeights', () => {
  it('reads weights from all shards', async () => {
    expect(await open(whole, { a: first, b: second })).toEqual({ a: [1, 2], b: [3] });
  });

  it.each<
    [what: string, files: Parameters<typeof open>[0], map: Parameters<typeof open>[1], message: string]
  >([
    ['a shard that is not there', { [first]: { a: [1] } }, { a: first, b: second }, `has no ${second}`],
    ['a shard the index leaves out', whole, { a: first }, `names 1 shards, one of which is ${first}`],
    [
      'a tensor that is not in its shard',
      whole,
      { a: first, b: second, c: second },
      `${second} does not have c`,
    ],
    [
      'a tensor the index leaves out',
      { ...whole, [second]: { b: [3], c: [4] } },
      { a: first, b: second },
      `${second} has c, which`,
    ],
    ['a tensor in another shard', whole, { a: second, b: first }, `${first} has a, which`],
    ['a file elsewhere', whole, { a: '../model.safetensors' }, 'names the file "../model.safetensors"'],
  ])('refuses %s', async (_, files, map, message) => {
    await expect(open(files, map)).rejects.toMatchObject({
      code: 'AIWORK_MODEL_UNREADABLE',
      message: expect.stringContaining(message),
    });
  });
});
