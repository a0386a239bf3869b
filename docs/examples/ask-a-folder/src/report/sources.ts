import type { Source } from '../answer/answer.ts';
import { type Block, type Passage, placeOf, startOf } from '../document.ts';
import type { Hit } from '../retrieve/find-passages.ts';
import { type Html, html } from './html.ts';

/** The passages an answer cites, with what it quotes of them marked. */
export function renderSources(sources: readonly Source[]): Html | undefined {
  if (sources.length === 0) return undefined;
  return html`<h2>Sources</h2>
${sources.map(
  ({ number, passage, quoted, at }) => html`<article class="card source" id="source-${number}">
<header><span class="number">${number}</span>${renderWhere(passage, at)}</header>
${passage.blocks.map((block) => renderBlock(block, quoted))}
</article>`,
)}`;
}

/** Passages that fit the question and were not needed. */
export function renderAlsoFound(hits: readonly Hit[]): Html | undefined {
  if (hits.length === 0) return undefined;
  return html`<h2>Also found</h2>
${hits.map(
  ({ passage, why }) => html`<details>
<summary><span class="path">${passage.path}${placeOf(startOf(passage))}</span> <span class="trail">${trailOf(passage)}</span></summary>
<div class="card source">${passage.blocks.map((block) => renderBlock(block, [why.sentence]))}</div>
</details>`,
)}`;
}

function renderWhere(passage: Passage, at: readonly number[]): Html {
  const first = startOf(passage);
  const place =
    at.length === 0
      ? placeOf(first)
      : first.page === undefined
        ? `:${at.join(', ')}`
        : `, page ${at.join(', ')}`;
  return html`<div class="where"><span class="path">${passage.path}${place}</span><div class="trail">${trailOf(passage)}</div></div>`;
}

const trailOf = ({ headings }: Passage) => headings.join(' › ');

function renderBlock({ kind, text }: Block, quoted: readonly string[]): Html {
  return kind === 'code'
    ? html`<pre><code>${quoted.includes(text) ? html`<mark>${text}</mark>` : text}</code></pre>`
    : html`<p>${marked(text.replace(/\s+/g, ' '), quoted)}</p>`;
}

/** A text with the sentences in it that are quoted marked. */
function marked(text: string, quoted: readonly string[]): (Html | string)[] {
  const found = quoted
    .map((sentence) => ({ start: text.indexOf(sentence), length: sentence.length }))
    .filter(({ start }) => start >= 0)
    .sort((a, b) => a.start - b.start);
  const parts: (Html | string)[] = [];
  let at = 0;
  for (const { start, length } of found) {
    if (start < at) continue;
    parts.push(text.slice(at, start), html`<mark>${text.slice(start, start + length)}</mark>`);
    at = start + length;
  }
  return [...parts, text.slice(at)];
}
