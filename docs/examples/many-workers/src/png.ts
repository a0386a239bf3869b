import { encode } from 'fast-png';
import type { Size, Tile } from './tile.ts';

/** A PNG of tiles and their shades. */
export function pngOf(
  { width, height }: Size,
  tiles: readonly Tile[],
  shades: readonly Uint8Array[],
): Uint8Array {
  const data = new Uint8Array(width * height);
  for (const [i, tile] of tiles.entries()) {
    const drawn = shades[i];
    if (drawn?.length !== tile.width * tile.height) throw new Error(`tile ${i} is not what was asked for`);
    for (let row = 0; row < tile.height; row += 1) {
      data.set(drawn.subarray(row * tile.width, (row + 1) * tile.width), (tile.y + row) * width + tile.x);
    }
  }
  return encode({ width, height, data, channels: 1 });
}
