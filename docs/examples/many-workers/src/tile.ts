import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';

/** How large the picture is, and how finely it is drawn. */
export const sizeSchema = z.object({
  width: z.int().positive(),
  height: z.int().positive(),
  /** Edge of a tile, in pixels. */
  tile: z.int().positive(),
  /** Points that are looked at for each pixel, along an edge. */
  samples: z.int().positive(),
});
export type Size = z.infer<typeof sizeSchema>;

/** One piece of the picture, by its pixels. */
export const tileSchema = z.object({
  x: z.int(),
  y: z.int(),
  width: z.int(),
  height: z.int(),
  size: sizeSchema,
});
export type Tile = z.infer<typeof tileSchema>;

/** Where in the Mandelbrot set we are, and how far a point is followed. */
const view = { x: -0.7453, y: 0.1127, width: 0.0105 };
const longest = 1200;

/** The tiles of a picture, row by row. */
export function tilesOf(size: Size): readonly Tile[] {
  const { width, height, tile } = size;
  const columns = Math.ceil(width / tile);
  return Array.from({ length: columns * Math.ceil(height / tile) }, (_, i) => {
    const x = (i % columns) * tile;
    const y = Math.floor(i / columns) * tile;
    return { x, y, width: Math.min(tile, width - x), height: Math.min(tile, height - y), size };
  });
}

/** The shades of a tile's pixels, row by row. Others get their turn after each row: a worker has to say that it lives. */
export async function shadesOf(tile: Tile, signal: AbortSignal): Promise<Uint8Array> {
  const { width, height, size } = tile;
  const shades = new Uint8Array(width * height);
  for (let row = 0; row < height; row += 1) {
    await nextTurn();
    signal.throwIfAborted();
    for (let column = 0; column < width; column += 1) {
      shades[row * width + column] = shadeAt(tile.x + column, tile.y + row, size);
    }
  }
  return shades;
}

/** The mean of what is found at points spread over the pixel. */
function shadeAt(column: number, row: number, { width, height, samples }: Size): number {
  const step = view.width / width;
  let sum = 0;
  for (let i = 0; i < samples * samples; i += 1) {
    const x = column + ((i % samples) + 0.5) / samples - width / 2;
    const y = row + (Math.floor(i / samples) + 0.5) / samples - height / 2;
    sum += brightness(view.x + x * step, view.y + y * step);
  }
  return Math.round(sum / samples ** 2);
}

/** From 0, for points that never leave, to 255. */
function brightness(a: number, b: number): number {
  let [x, y] = [0, 0];
  for (let i = 0; i < longest; i += 1) {
    const [xx, yy] = [x * x, y * y];
    if (xx + yy > 16) return 255 * (0.5 - 0.5 * Math.cos(0.25 * Math.sqrt(i) * Math.PI));
    y = 2 * x * y + b;
    x = xx - yy + a;
  }
  return 0;
}
