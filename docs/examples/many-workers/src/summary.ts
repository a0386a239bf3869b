import type { Lane } from './lanes.ts';

const columns = 60;

/** The lanes for a terminal: a column for each sixtieth of the run, darker where more was at work. */
export function summary(lanes: readonly Lane[], tookMs: number): string {
  const width = Math.max(...lanes.map(({ worker }) => worker.length));
  const lines = lanes.map(
    (lane) => `  ${lane.worker.padEnd(width)}  ${strip(lane, tookMs)}  ${factsOf(lane)}`,
  );
  const end = `${(tookMs / 1000).toFixed(1)} s`;
  return [...lines, `  ${' '.repeat(width)}  0${end.padStart(columns - 1)}`].join('\n');
}

function strip({ pieces, killedMs }: Lane, tookMs: number): string {
  return Array.from({ length: columns }, (_, i) => {
    const [from, to] = [(i * tookMs) / columns, ((i + 1) * tookMs) / columns];
    if (killedMs !== undefined && killedMs >= from && killedMs < to) return '✖';
    const busyMs = pieces.reduce(
      (sum, piece) => sum + Math.max(0, Math.min(to, piece.toMs) - Math.max(from, piece.fromMs)),
      0,
    );
    return busyMs === 0 ? '·' : busyMs < to - from ? '▄' : '█';
  }).join('');
}

function factsOf({ pieces, killedMs }: Lane): string {
  const left = pieces.filter(({ isLeft }) => isLeft).length;
  const count = pieces.length - left;
  const done = `${count} ${count === 1 ? 'tile' : 'tiles'}`;
  return killedMs === undefined ? done : `${done}, killed with ${left} in hand`;
}
