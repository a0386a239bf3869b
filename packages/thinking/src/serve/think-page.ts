import { readFile } from 'node:fs/promises';
import { pageScript } from './page-script.ts';
import { pageStyle } from './page-style.ts';

/** A file of the page. */
export interface PageFile {
  readonly type: string;
  read(): Promise<string>;
}

const script = 'text/javascript; charset=utf-8';

/** The page asks this server, and nobody else. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  'img-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const pageFiles: Readonly<Record<string, PageFile>> = {
  'page.js': { type: script, read: async () => pageScript },
  'page.css': { type: 'text/css; charset=utf-8', read: async () => pageStyle },
  // What the terminal draws the tree with, too.
  'thought-tree.js': { type: script, read: readTreeModule },
};

async function readTreeModule(): Promise<string> {
  const isSource = import.meta.url.endsWith('.ts');
  const file = new URL(`../tree/thought-tree.${isSource ? 'ts' : 'js'}`, import.meta.url);
  const text = await readFile(file, 'utf8');
  if (!isSource) return text;
  const { stripTypeScriptTypes } = await import('node:module');
  return stripTypeScriptTypes(text);
}

const sessionField = '<label>Session<input id="session" maxlength="500" placeholder="none"></label>\n';

/** The page. Its addresses are relative: a gateway may serve it under another path. */
export function pageText(strategies: readonly string[], keeps: 'sessions' | 'none'): string {
  const options = strategies.map((name) => `<option>${escapeMarkup(name)}</option>`).join('');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Thinking</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="think/page.css">
</head>
<body>
<h1>Thinking</h1>
<form id="form">
<label>Question<textarea id="question" required maxlength="100000" autofocus></textarea></label>
<div class="options">
<label>Strategy<select id="strategy">${options}</select></label>
${keeps === 'sessions' ? sessionField : ''}<label>Most tokens<input id="tokens" type="number" min="1" step="1" placeholder="as the server allows"></label>
<label>Key or token<input id="token" type="password" autocomplete="off" placeholder="where one is needed"></label>
<button type="submit">Think</button>
<button type="button" id="cancel" disabled>Cancel</button>
</div>
</form>
<p id="status" role="status"></p>
<div id="answer" role="region" aria-label="Answer"></div>
<main id="tree" aria-label="Alternatives"></main>
<script type="module" src="think/page.js"></script>
</body>
</html>
`;
}

function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
