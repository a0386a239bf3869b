import { globSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { command, root } from '../command.ts';
import { fencesIn, read } from './markdown.ts';
import { proseFiles } from './programs.ts';

const shellLines = (file: string) =>
  fencesIn(read(file))
    .filter((fence) => fence.language === 'sh')
    .flatMap((fence) => fence.text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#')));

const scripts = Object.keys(JSON.parse(read('package.json')).scripts);
const published = globSync(['packages/*/package.json', 'plugins/*/package.json'], { cwd: root })
  .map((file) => JSON.parse(read(file)))
  .filter((manifest) => !manifest.private)
  .map((manifest) => manifest.name as string);

const helpPages = new Map<string, Promise<string>>();
function helpOf(words: readonly string[]): Promise<string> {
  const main = join(root, 'packages/cli/src/main.ts');
  const key = words.join(' ');
  const page =
    helpPages.get(key) ??
    command(process.execPath, ['--conditions=@aiwork/source', main, ...words, '--help']).then(
      ({ output }) => output,
    );
  helpPages.set(key, page);
  return page;
}

it.each(proseFiles)(
  'names commands that are there: %s',
  async (file) => {
    const problems: string[] = [];
    for (const line of shellLines(file)) problems.push(...(await problemsOf(line)));
    expect(problems).toEqual([]);
  },
  300_000,
);

it('gives the exit codes as the README of the command does', () => {
  const table = (file: string) => read(file).match(/^\| (exit code|\d+) \|.*$/gm);
  expect(table('docs/guides/cli.md')).toEqual(table('packages/cli/README.md'));
  expect(table('docs/guides/cli.md')?.length).toBeGreaterThan(5);
});

async function problemsOf(line: string): Promise<readonly string[]> {
  const words = line.replaceAll(/'[^']*'/g, 'QUOTED').split(/\s+/);
  const pnpm = /^(?:npx -y pnpm@12|pnpm) (?:run )?([\w:-]+)/.exec(line)?.[1];
  if (pnpm && !['install', 'exec'].includes(pnpm) && !scripts.includes(pnpm))
    return [`${line}: no such script`];
  if (line.startsWith('npm install')) {
    const ours = words.filter((word) => word.startsWith('@aiwork/') || word === 'aiwork');
    return ours
      .filter((name) => !published.includes(name))
      .map((name) => `${line}: ${name} is not published`);
  }
  if (words[0] !== 'npx' || words[1] !== 'aiwork') return [];
  const called = ['runs', 'queue', 'task', 'keys', 'model', 'openvino', 'sessions', 'guardrails'].includes(
    words[2] ?? '',
  )
    ? words.slice(2, 4)
    : words.slice(2, 3);
  const list = await helpOf(called.slice(0, -1));
  const help = await helpOf(called);
  const isThere = new RegExp(`^ {2}${called.at(-1)}\\b`, 'm').test(list);
  if (!isThere) return [`${line}: no such command`];
  const options = called[0] === 'export' ? exporterOptions(words[3] ?? '') : [];
  const flags = words.filter((word) => word.startsWith('--') && !options.includes(optionOf(word)));
  return flags.filter((flag) => !help.includes(flag)).map((flag) => `${line}: no flag ${flag}`);
}

/** What the README of an exporter says it takes. */
const exporterOptions = (target: string): readonly (string | undefined)[] =>
  [...read(`plugins/${target}/README.md`).matchAll(/^\| `(\w+)` \|/gm)].map(([, option]) => option);

/** `--payloads.folder` as `payloads`, `--max-active-tasks` as `maxActiveTasks`. */
const optionOf = (flag: string): string =>
  flag
    .slice(2)
    .replace(/\..*/, '')
    .replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
