import { createOrchestrator } from '@aiwork/core';
import { decode } from 'fast-png';
import { expect, it } from 'vitest';
import { picture } from './flow.ts';
import { tilesOf } from './tile.ts';

const draw = async (tile: number) => {
  await using ai = createOrchestrator();
  const size = { width: 50, height: 30, tile, samples: 1 };
  return decode(await (await ai.start(picture, size)).result());
};

it('draws the same picture in one process, whatever its tiles are', async () => {
  const [whole, inTiles] = await Promise.all([draw(50), draw(7)]);
  expect(inTiles.data).toEqual(whole.data);
  expect([whole.width, whole.height]).toEqual([50, 30]);
  expect(new Set(whole.data).size).toBeGreaterThan(50);
});

it('covers each pixel by one tile', () => {
  const tiles = tilesOf({ width: 50, height: 30, tile: 7, samples: 1 });
  const covered = new Map<string, number>();
  for (const { x, y, width, height } of tiles) {
    for (let i = 0; i < width * height; i += 1) {
      const pixel = `${x + (i % width)},${y + Math.floor(i / width)}`;
      covered.set(pixel, (covered.get(pixel) ?? 0) + 1);
    }
  }
  expect(covered.size).toBe(50 * 30);
  expect(new Set(covered.values())).toEqual(new Set([1]));
});
