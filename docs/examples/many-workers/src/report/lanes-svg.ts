import { type Lane, tracksOf } from '../lanes.ts';
import { colourOf, escapeMarkup } from './markup.ts';

const width = 1000;
const nameWidth = 110;
const trackHeight = 18;
const laneGap = 14;
const axisHeight = 24;

/** Who worked when: a lane for each worker, a bar for each tile. */
export function lanesSvg(lanes: readonly Lane[], tookMs: number): string {
  const place = (ms: number) => nameWidth + (ms / tookMs) * (width - nameWidth - 10);
  let top = axisHeight;
  const drawn = lanes.map((lane, i) => {
    const tracks = tracksOf(lane);
    const height = tracks.length * trackHeight;
    const bars = tracks.flatMap((track, row) =>
      track.map(({ tile, fromMs, toMs, isLeft }) => {
        const x = place(fromMs);
        const title = `tile ${tile}, ${Math.round(toMs - fromMs)} ms${isLeft ? ', left to others' : ''}`;
        return `<rect x="${x.toFixed(1)}" y="${top + row * trackHeight + 2}" width="${Math.max(2, place(toMs) - x - 0.5).toFixed(1)}" height="${trackHeight - 4}" rx="2" ${isLeft ? `fill="none" stroke="${colourOf(i)}" stroke-dasharray="3 2"` : `fill="${colourOf(i)}"`}><title>${title}</title></rect>`;
      }),
    );
    const killed =
      lane.killedMs === undefined
        ? ''
        : `<line x1="${place(lane.killedMs).toFixed(1)}" x2="${place(lane.killedMs).toFixed(1)}" y1="${top - 5}" y2="${top + height + 5}" class="kill"/><text x="${(place(lane.killedMs) + 6).toFixed(1)}" y="${top + height / 2}" dominant-baseline="middle" class="kill">kill -9</text>`;
    const name = `<text x="0" y="${top + height / 2}" dominant-baseline="middle">${escapeMarkup(lane.worker)}</text>`;
    top += height + laneGap;
    return name + bars.join('') + killed;
  });
  const ticks = ticksOf(tookMs).map(
    (ms) =>
      `<line x1="${place(ms).toFixed(1)}" x2="${place(ms).toFixed(1)}" y1="18" y2="${top - laneGap + 6}" class="tick"/><text x="${place(ms).toFixed(1)}" y="12" text-anchor="middle" class="quiet">${ms / 1000} s</text>`,
  );
  return `<svg viewBox="0 0 ${width} ${top}" role="img" aria-label="Which worker drew which tile when">${ticks.join('')}${drawn.join('')}</svg>`;
}

/** Whole seconds, ten of them at most. */
function ticksOf(tookMs: number): readonly number[] {
  const step = [1, 2, 5, 10, 30, 60].find((seconds) => tookMs / (seconds * 1000) <= 10) ?? 60;
  return Array.from({ length: Math.floor(tookMs / (step * 1000)) + 1 }, (_, i) => i * step * 1000);
}
