import { relative } from 'node:path';
import { toCitedText } from '../answer/cited-text.ts';
import { placeOf, startOf } from '../document.ts';
import { groupSkipped } from '../group-skipped.ts';
import type { Result } from '../result.ts';
import { excerpt } from './excerpt.ts';
import { plain, wrap } from './plain.ts';

/** Reasons that are listed, and names for each. */
const most = { reasons: 8, names: 3 };

export interface SummaryOptions {
  readonly result: Result;
  readonly report: string;
  readonly timeline: string;
  /** Paths are shown from here. */
  readonly cwd: string;
  /** Columns of the terminal. */
  readonly width: number;
  /** Makes a word stand out. */
  mark(word: string): string;
  /** Whether an embedding model was set up. */
  readonly hasMeanings: boolean;
  readonly state?: { readonly path: string; readonly runId: string } | undefined;
}

/** What a run found, for the terminal. */
export function summary(options: SummaryOptions): string {
  const { result } = options;
  return [answerLines(options), sourceLines(options), skippedLines(result), whereToLook(options)]
    .filter((part) => part !== '')
    .join('\n\n');
}

function answerLines({ result, width }: SummaryOptions): string {
  const { answer, note, unknownWords, files } = result;
  const nothing = files === 0 ? 'There was nothing to read.' : 'The files do not say.';
  const text = answer.statements.length === 0 ? nothing : toCitedText(answer.statements);
  const lines = text.split('\n').map((line) => wrap(plain(line), width, '  '));
  if (note !== undefined) lines.push(wrap(`(${note})`, width, '  '));
  if (unknownWords.length > 0 && files > 0) {
    lines.push(`  (No file mentions ${unknownWords.map((word) => `"${plain(word)}"`).join(' or ')}.)`);
  }
  return ['Answer', ...lines].join('\n');
}

function sourceLines({ result, width, mark }: SummaryOptions): string {
  return result.answer.sources
    .map(({ number, passage, at, why }) => {
      const first = startOf(passage);
      const place = placeOf(
        first.page === undefined ? { ...first, ...(at[0] !== undefined && { line: at[0] }) } : first,
      );
      const headings = passage.headings.map(plain).join(' › ');
      const found = excerpt(why, { width, indent: '      ', mark });
      return `  [${number}] ${plain(passage.path)}${place}${headings === '' ? '' : `  ${headings}`}\n${found}`;
    })
    .join('\n');
}

function skippedLines({ skipped, notes }: Result): string {
  const groups = groupSkipped([
    ...skipped,
    ...notes.map(({ path, note }) => ({ path, reason: `read, but ${note}` })),
  ]);
  if (groups.length === 0) return '';
  const lines = groups.slice(0, most.reasons).map(({ reason, entries }) => {
    const names = entries
      .slice(0, most.names)
      .map(({ path, detail }) => plain(path) + (detail === undefined ? '' : ` (${detail})`));
    if (entries.length > most.names)
      names.push(`and ${(entries.length - most.names).toLocaleString('en')} more`);
    return `  ${reason}: ${names.join(', ')}`;
  });
  if (groups.length > most.reasons)
    lines.push(`  and more for ${groups.length - most.reasons} other reasons: see the report`);
  return ['Skipped files', ...lines].join('\n');
}

function whereToLook({ report, timeline, cwd, state, hasMeanings }: SummaryOptions): string {
  const shown = (path: string) => relative(cwd, path) || path;
  return [
    'Look next',
    `  the report        ${shown(report)}`,
    `  the timeline      ${shown(timeline)}`,
    ...(state ? [`  the run           ${state.runId} in ${shown(state.path)}`] : []),
    ...(hasMeanings
      ? []
      : ['  by meaning, too   --embeddings FILE, a model on this machine: see the README']),
    '  your own files    npx -y pnpm@12 demo -- FOLDER "question"',
    '  how it is made    docs/examples/ask-a-folder/README.md',
  ].join('\n');
}
