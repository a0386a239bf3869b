import { globSync } from 'node:fs';
import { root } from '../command.ts';
import { type Fence, fencesIn, read } from './markdown.ts';

/** Code of the documentation that is a module of its own: a block, with those that continue it. */
export interface Program {
  /** File and line, as in `README.md:12`. */
  readonly place: string;
  readonly code: string;
  /** Why it is only type-checked. */
  readonly noRun?: string;
  /** What it prints, line by line; with `all`, these lines and no others. */
  readonly expected: { readonly lines: readonly string[]; readonly all: boolean };
}

/** Files with prose, and the sources whose public symbols carry examples. */
export const proseFiles: readonly string[] = files(
  'README.md',
  'docs/*.md',
  'docs/{architecture,benchmarks,guides,operations}/**/*.md',
  'packages/*/README.md',
  'plugins/*/README.md',
);
export const sourceFiles: readonly string[] = files(
  'packages/{chat-model-kit,client,core,resilience,server,thinking}/src/**/*.ts',
  'plugins/*/src/**/*.ts',
).filter((file) => !/\.(test|test-d|fixture)\.ts$/.test(file));

function files(...patterns: string[]): readonly string[] {
  return globSync(patterns, { cwd: root }).sort();
}

/** The programs of a file of prose. */
export function programsIn(file: string): readonly Program[] {
  return programsOf(file, read(file));
}

/** The `@example`s of a source file. Core runs its own, in `packages/core/test`. */
export function examplesIn(file: string): readonly Program[] {
  const noRun = file.startsWith('packages/core/') ? { noRun: 'core runs its own' } : {};
  const comments = [...read(file).matchAll(/^[^\S\n]*\/\*\*[\s\S]*?\*\//gm)];
  return comments.flatMap(({ 0: comment, index }) => {
    if (!comment.includes('@example')) return [];
    const above = read(file).slice(0, index).split('\n').length - 1;
    const text = comment.replace(/^[^\S\n]*\* ?/gm, '');
    return programsOf(file, '\n'.repeat(above) + text).map((program) => ({ ...program, ...noRun }));
  });
}

function programsOf(file: string, text: string): readonly Program[] {
  const groups: { line: number; noRun?: string; blocks: Fence[]; outputs: string[] }[] = [];
  let last: string | undefined;
  for (const fence of fencesIn(text)) {
    const group = groups.at(-1);
    if (fence.language === 'ts') {
      const noRun = /^no-run: (.+)/.exec(fence.info)?.[1];
      if (fence.info !== '' && fence.info !== 'continues' && !noRun) {
        throw new Error(`${file}:${fence.line}: "${fence.info}" is neither "continues" nor "no-run: why"`);
      }
      if (fence.info === 'continues' && group) group.blocks.push(fence);
      else groups.push({ line: fence.line, ...(noRun && { noRun }), blocks: [fence], outputs: [] });
    }
    if (fence.language === 'text' && last === 'ts') group?.outputs.push(fence.text);
    last = fence.language;
  }
  return groups.map(({ line, noRun, blocks, outputs }) => {
    const code = blocks.map((block) => block.text).join('\n');
    const all = outputs.length > 0;
    const lines = all ? outputs.flatMap((output) => output.split('\n')) : announcedIn(code);
    return { place: `${file}:${line}`, code, ...(noRun && { noRun }), expected: { lines, all } };
  });
}

/** What the comments behind, or on the line after, a `console.log` say that it prints. */
function announcedIn(code: string): readonly string[] {
  const lines = code.split('\n');
  return lines.flatMap((line, i) => {
    if (!line.includes('console.log(')) return [];
    const behind = /; \/\/ (.*)$/.exec(line)?.[1];
    const below = /^\s*\/\/ (.*)$/.exec(lines[i + 1] ?? '')?.[1];
    return behind ?? below ?? [];
  });
}
