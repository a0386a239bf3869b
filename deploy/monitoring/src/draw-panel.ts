/** A panel with what Prometheus answered; places in pixels, times in seconds since the epoch. */
export interface DrawnPanel {
  readonly kind: 'row' | 'stat' | 'timeseries';
  readonly title: string;
  readonly unit: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly from: number;
  readonly to: number;
  readonly lines: readonly Line[];
}

interface Line {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
}

const colors = ['#73bf69', '#f2cc0c', '#5794f2', '#ff9830', '#f2495c', '#b877d9', '#8ab8ff', '#96d98d'];
const gap = 4;
const head = 28;
const legend = 22;
const axis = 56;

/** As HTML, at its place. */
export function drawPanel(panel: DrawnPanel): string {
  const { kind, title, x, y, width, height } = panel;
  const place = `position:absolute;left:${x + gap}px;top:${y + gap}px;width:${width - 2 * gap}px;height:${height - 2 * gap}px`;
  if (kind === 'row')
    return `<div style="${place};color:#ccccdc;font-size:15px;line-height:30px">⌄ ${escaped(title)}</div>`;
  const box = `${place};background:#181b1f;border:1px solid #25272e;border-radius:2px;box-sizing:border-box;overflow:hidden`;
  const heading = `<div style="color:#ccccdc;font-size:13px;padding:6px 8px;height:16px">${escaped(title)}</div>`;
  return `<div style="${box}">${heading}${kind === 'stat' ? drawStat(panel) : drawLines(panel)}</div>`;
}

function drawStat({ lines, unit }: DrawnPanel): string {
  const last = lines[0]?.points.findLast(([, value]) => Number.isFinite(value))?.[1];
  const text = last === undefined ? 'No data' : shown(last, unit);
  return `<div style="color:#73bf69;font-size:44px;text-align:center;padding-top:8px">${text}</div>`;
}

function drawLines({ lines, unit, width, height, from, to }: DrawnPanel): string {
  const inner = { width: width - axis - 20, height: height - head - legend - 40 };
  const values = lines.flatMap(({ points }) => points.map(([, value]) => value)).filter(Number.isFinite);
  const top = roundUp(Math.max(0, ...values));
  const at = ([time, value]: readonly [number, number]) => {
    const x = axis + ((time - from) / (to - from)) * inner.width;
    return `${x.toFixed(1)},${(8 + (1 - value / top) * inner.height).toFixed(1)}`;
  };
  const marks = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const y = 8 + (1 - share) * inner.height;
    const text = `<text x="${axis - 6}" y="${y + 4}" text-anchor="end">${shown(share * top, unit)}</text>`;
    return `<line x1="${axis}" x2="${axis + inner.width}" y1="${y}" y2="${y}" stroke="#2c2f36"/>${text}`;
  });
  const times = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const time = new Date(1000 * (from + share * (to - from))).toISOString().slice(11, 19);
    const x = axis + share * inner.width;
    const anchor = share === 1 ? 'end' : 'middle';
    return `<text x="${x}" y="${inner.height + 24}" text-anchor="${anchor}">${time}</text>`;
  });
  const curves = lines.map(({ points }, index) => {
    const color = colors[index % colors.length];
    const finite = points.filter(([, value]) => Number.isFinite(value));
    return `<polyline points="${finite.map(at).join(' ')}" fill="none" stroke="${color}" stroke-width="1.5"/>`;
  });
  const names = lines.map(({ name }, index) => {
    const color = colors[index % colors.length];
    return `<span style="margin-right:12px"><span style="color:${color}">▬</span> ${escaped(name)}</span>`;
  });
  const size = `width="${width - 2 * gap}" height="${inner.height + 30}"`;
  const svg = `<svg ${size} fill="#8e8e99" font-size="11">${marks.join('')}${times.join('')}${curves.join('')}</svg>`;
  return `${svg}<div style="color:#ccccdc;font-size:11px;padding:2px 10px;height:${legend}px">${names.join('')}</div>`;
}

/** The next round number: one, two or five of a power of ten. */
function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= value) ?? 10);
}

function shown(value: number, unit: string): string {
  if (unit === 'percentunit') return `${+(100 * value).toPrecision(3)} %`;
  if (unit === 's') return value < 1 ? `${+(1000 * value).toPrecision(3)} ms` : `${+value.toPrecision(3)} s`;
  return `${+value.toPrecision(3)}`;
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
