import type { Lane } from '../lanes.ts';
import type { Size, Tile } from '../tile.ts';
import { colourOf } from './markup.ts';

export interface Picture {
  readonly size: Size;
  readonly tiles: readonly Tile[];
  readonly png: Uint8Array;
}

/** The picture, with each tile framed in the colour of who drew it; those that changed hands are marked. */
export function pictureSvg({ size, tiles, png }: Picture, lanes: readonly Lane[]): string {
  const { width, height } = size;
  const frames = tiles.map((tile, i) => {
    const drawnBy = lanes.findIndex(({ pieces }) =>
      pieces.some((piece) => piece.tile === i && !piece.isLeft),
    );
    const wasLeft = lanes.some(({ pieces }) => pieces.some((piece) => piece.tile === i && piece.isLeft));
    const place = `x="${tile.x + 1}" y="${tile.y + 1}" width="${tile.width - 2}" height="${tile.height - 2}"`;
    const title = `tile ${i}: ${lanes[drawnBy]?.worker ?? 'nobody'}${wasLeft ? ', after its first worker was killed' : ''}`;
    const colour = colourOf(drawnBy);
    const mark = wasLeft
      ? `<text x="${tile.x + tile.width / 2}" y="${tile.y + tile.height / 2}" text-anchor="middle" dominant-baseline="central" class="mark">↻</text>`
      : '';
    return `<g><rect ${place} fill="${colour}" fill-opacity="0.28" stroke="${colour}" stroke-width="1.5"><title>${title}</title></rect>${mark}</g>`;
  });
  const data = Buffer.from(png).toString('base64');
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="The picture, each tile framed in the colour of its worker"><image href="data:image/png;base64,${data}" width="${width}" height="${height}"/>${frames.join('')}</svg>`;
}
