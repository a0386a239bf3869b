import { createHash } from 'node:crypto';
import { stintsOf } from '@aiwork/core';
import { escapeMarkup } from './escape-markup.ts';
import { pageData, type TimelineOptions } from './timeline/page-data.ts';
import { pageScript } from './timeline/page-script.ts';
import { pageStyle } from './timeline/page-style.ts';

const sourceOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

// Nothing but this very script and style: no request, no handler or style that data could smuggle in.
const policy = `default-src 'none'; base-uri 'none'; form-action 'none'; script-src ${sourceOf(pageScript)}; style-src ${sourceOf(pageStyle)}`;

export type { TimelineOptions } from './timeline/page-data.ts';

/**
 * A run's timeline as one page that needs nothing else: steps over time, attempts, errors, inputs, outputs and logs.
 * Values over 20,000 characters are cut.
 *
 * @example
 * ```ts
 * import { createOrchestrator, defineTask } from '@aiwork/core';
 * import { timelineHtml } from 'aiwork/timeline';
 * import { z } from 'zod';
 *
 * const double = defineTask({ id: 'double', input: z.number(), run: (n) => n * 2 });
 * await using ai = createOrchestrator();
 * const run = await ai.start(double, 21);
 * const events = await Array.fromAsync(run);
 * const record = await ai.get(run.id);
 * const page = record && timelineHtml({ record, events });
 * console.log(page?.startsWith('<!doctype html>')); // true
 * ```
 * @since 0.1.0
 */
export function timelineHtml(options: TimelineOptions): string {
  const { record, events } = options;
  const data = pageData(options);
  const last = events.at(-1);
  const failure = last?.type === 'run.finished' ? last.error : undefined;
  const facts = [
    `<code>${escapeMarkup(record.id)}</code>`,
    `version ${escapeMarkup(record.version)}`,
    ...workedOnBy(events),
    `started ${escapeMarkup(new Date(record.createdAt).toISOString())}`,
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeMarkup(`${record.unitId} ${record.status}`)}</title>
<style>${pageStyle}</style>
</head>
<body>
<header>
<div>
<h1>${escapeMarkup(record.unitId)} <span class="status tone-${record.status}">${record.status}</span></h1>
<div class="about">${facts.join(' · ')}${record.tags.map((tag) => `<span class="tag">${escapeMarkup(tag)}</span>`).join('')}</div>
</div>
<dl class="totals">${data.totals.map(({ label, value }) => `<div><dt>${label}</dt><dd>${escapeMarkup(value)}</dd></div>`).join('')}</dl>
</header>
${failure ? `<p class="failure">${escapeMarkup(failure.message)}</p>\n` : ''}<main class="board">
<section class="chart" aria-label="Steps over time">
<div class="scale"><span>Step</span><div class="axis"></div><span class="took">Took</span></div>
<div class="rows" role="tree" tabindex="0" aria-label="Steps; arrow keys move and fold"><div class="sheet" role="presentation"></div></div>
</section>
<aside class="detail" aria-live="polite"><p class="hint">This run has no steps yet.</p></aside>
</main>
<noscript><p>The chart is drawn by a script inside this page. Allow scripts to see it.</p></noscript>
<script type="application/json" id="data">${embeddable(data)}</script>
<script>${pageScript}</script>
</body>
</html>
`;
}

function workedOnBy(events: TimelineOptions['events']): readonly string[] {
  const owners = stintsOf(events).map(({ owner }) => escapeMarkup(owner));
  return owners.length === 0 ? [] : [`worked on by ${owners.join(', then ')}`];
}

/** JSON that no HTML parser can take for markup. */
function embeddable(data: unknown): string {
  return JSON.stringify(data)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}
