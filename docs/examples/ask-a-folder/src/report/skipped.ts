import type { Skipped } from '../document.ts';
import { groupSkipped } from '../group-skipped.ts';
import type { Result } from '../result.ts';
import { type Html, html } from './html.ts';

/** So few entries are shown without a click. */
const few = 15;

/** Names that are listed for each reason; of more, the page says how many. */
const shown = 200;

/** What was left out and why, and what was read with a reservation. */
export function renderSkipped({ skipped, notes }: Pick<Result, 'skipped' | 'notes'>): Html | undefined {
  if (skipped.length === 0 && notes.length === 0) return undefined;
  const groups = [
    ...groupSkipped(skipped),
    ...groupSkipped(notes.map(({ path, note }) => ({ path, reason: `read, but ${note}` }))),
  ];
  const open = skipped.length + notes.length <= few ? html` open` : undefined;
  return html`<h2>Skipped files</h2>
${groups.map(
  ({ reason, entries }) => html`<details${open}>
<summary>${reason} <span class="count">(${entries.length.toLocaleString('en')})</span></summary>
<ul>${entries.slice(0, shown).map(renderEntry)}${entries.length > shown ? html`<li class="detail">and ${(entries.length - shown).toLocaleString('en')} more</li>` : undefined}</ul>
</details>`,
)}`;
}

function renderEntry({ path, detail }: Skipped): Html {
  return html`<li><span class="path">${path}</span>${detail === undefined ? undefined : html` <span class="detail">${detail}</span>`}</li>`;
}
