import type { Lane } from '../lanes.ts';
import { lanesSvg } from './lanes-svg.ts';
import { colourOf, escapeMarkup } from './markup.ts';
import { type Picture, pictureSvg } from './picture-svg.ts';

const style = `
:root{color-scheme:light dark;--paper:#fbfbfc;--card:#fff;--line:#e0e3ea;--text:#1b1d22;--quiet:#626978;--kill:#c7382f}
@media (prefers-color-scheme:dark){:root{--paper:#131418;--card:#1b1d23;--line:#31353f;--text:#e9eaee;--quiet:#9da4b1;--kill:#f0766c}}
body{margin:0;padding:28px clamp(12px,4vw,48px) 48px;background:var(--paper);color:var(--text);
font:14px/1.5 ui-sans-serif,system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}
main{max-width:1060px;margin:0 auto}
h1{font-size:22px;margin:0 0 4px}p{margin:0 0 18px;color:var(--quiet)}
section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px;margin:0 0 16px}
svg{display:block;width:100%;height:auto}svg text{fill:var(--text);font-size:13px}svg .quiet{fill:var(--quiet);font-size:11px}
.tick{stroke:var(--line)}line.kill{stroke:var(--kill);stroke-width:2}svg text.kill{fill:var(--kill);font-weight:600}
svg text.mark{fill:#fff;font-size:26px;font-weight:700}
table{border-collapse:collapse}td,th{text-align:left;padding:3px 24px 3px 0;font-variant-numeric:tabular-nums}
th{color:var(--quiet);font-weight:500}i{display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:8px}
`;

export interface PageOptions {
  readonly runId: string;
  readonly tookMs: number;
  readonly lanes: readonly Lane[];
  readonly picture: Picture;
}

/** Who did what, as one page that needs nothing else. */
export function page({ runId, tookMs, lanes, picture }: PageOptions): string {
  const rows = lanes.map(({ worker, pieces, killedMs }, i) => {
    const left = pieces.filter(({ isLeft }) => isLeft).length;
    const end = killedMs === undefined ? '' : `killed after ${(killedMs / 1000).toFixed(1)} s`;
    return `<tr><td><i style="background:${colourOf(i)}"></i>${escapeMarkup(worker)}</td><td>${pieces.length - left}</td><td>${left || ''}</td><td>${end}</td></tr>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Who drew what</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>Who drew what</h1>
<p>Run <code>${escapeMarkup(runId)}</code>: ${picture.tiles.length} tiles by ${lanes.length} workers in ${(tookMs / 1000).toFixed(1)} s. ↻ was begun by a worker that was killed, and drawn by another.</p>
<section>${lanesSvg(lanes, tookMs)}</section>
<section>${pictureSvg(picture, lanes)}</section>
<section><table><thead><tr><th>worker</th><th>tiles</th><th>left to others</th><th></th></tr></thead><tbody>${rows.join('')}</tbody></table></section>
</main>
</body>
</html>
`;
}
