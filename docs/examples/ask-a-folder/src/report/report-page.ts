import { createHash } from 'node:crypto';
import type { Statement } from '../answer/answer.ts';
import type { Result } from '../result.ts';
import { type Html, html, toText } from './html.ts';
import { renderSkipped } from './skipped.ts';
import { renderAlsoFound, renderSources } from './sources.ts';
import { style } from './style.ts';

export interface ReportOptions {
  readonly result: Result;
  readonly runId: string;
  /** Address of the run's timeline, from the page. */
  readonly timeline: string;
}

/** The report as one page that needs nothing else: no script, no font, no picture, no network. */
export function reportPage({ result, runId, timeline }: ReportOptions): string {
  const { title, question, answer, checks, files, passages } = result;
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const by = answer.by === 'extract' ? html`quoted, without a model` : html`written by <b>${answer.by}</b>`;
  return toText(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${question}</title>
<style>${{ '~html': style }}</style>
</head>
<body>
<main>
<div class="kicker">Asked of ${title}</div>
<h1>${question}</h1>
<ul class="facts">
<li>${count(files, 'file')} read</li>
<li>${count(passages, 'passage')}</li>
<li>${count(result.skipped.length, 'entry', 'entries')} skipped</li>
<li>${by}</li>
</ul>
<h2>Answer</h2>
${renderAnswer(result)}
<ul class="checks" aria-label="Checks of the answer">
${checks.map(({ name, outcome, detail }) => html`<li class="${outcome}">${name}${outcome === 'passed' ? '' : `: ${detail ?? outcome}`}</li>`)}
</ul>
${renderSources(answer.sources)}
${renderAlsoFound(result.alsoFound)}
${renderSkipped(result)}
<footer>
<p><a href="${timeline}">Timeline of this run</a>: every step, with what went in and what came out. Run <code>${runId}</code>.</p>
</footer>
</main>
</body>
</html>
`);
}

function renderAnswer({ answer, note, unknownWords, files }: Result): Html {
  const { statements } = answer;
  return html`<div class="card answer">
${statements.length > 0 ? statements.map(renderStatement) : html`<p>${files === 0 ? 'There was nothing to read.' : 'The files do not say.'}</p>`}
${note === undefined ? undefined : html`<p class="note">${note}</p>`}
${unknownWords.length === 0 || files === 0 ? undefined : html`<p class="note">No file mentions ${listed(unknownWords)}.</p>`}
</div>`;
}

function renderStatement({ text, cites }: Statement): Html {
  const links = cites.map(
    (number) => html`<a class="cite" href="#source-${number}" aria-label="Source ${number}">${number}</a>`,
  );
  return html`<p>${text}${links.map((link) => html`&nbsp;${link}`)}</p>`;
}

function count(number: number, one: string, many = `${one}s`): Html {
  return html`<b>${number.toLocaleString('en')}</b> ${number === 1 ? one : many}`;
}

function listed(words: readonly string[]): string {
  return new Intl.ListFormat('en', { type: 'disjunction' }).format(words.map((word) => `“${word}”`));
}
