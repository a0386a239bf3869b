import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';
import { exitCodeHelp } from '../src/exit-code.ts';
import { aiwork, type Finished, newFolder, type StartOptions, start } from './aiwork.fixture.ts';
import { type Serving, serving } from './serving.fixture.ts';

vi.setConfig({ testTimeout: 300_000 });

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');

function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    (match) => match[1] ?? '',
  );
}

/** Serves until it listens, and then is told to stop. */
async function served(args: readonly string[], options: StartOptions): Promise<Finished> {
  const { child, seen, finished } = start([...args, '--port', '0'], options);
  await seen('Serving ');
  child.kill('SIGTERM');
  return finished;
}

/** A line of the README as the words a shell makes of it. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
}

it('shows commands that do what it says', async () => {
  const folder = await newFolder();
  await symlink(fileURLToPath(new URL('../node_modules', import.meta.url)), join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(join(folder, 'flow.ts'), blocks('ts').join('\n'));
  const lines = blocks('sh').flatMap((block) =>
    block.split('\n').filter((line) => line.startsWith('npx aiwork ')),
  );
  const codes: [string, number | null][] = [];
  let resumed = '';
  let server: Serving | undefined;
  for (const line of lines) {
    if (line.includes(' --server ')) server ??= await serving(['flow.ts'], { cwd: folder });
    const words = wordsOf(line.replace('https://work.example.org', server?.url ?? '')).slice(2);
    const { code, stdout } = await (line.includes(' serve ') ? served : aiwork)(words, { cwd: folder });
    codes.push([line, code]);
    if (line.includes(' resume ')) resumed = stdout;
  }
  expect(codes).toEqual(lines.map((line) => [line, line.includes('--no-wait') ? 4 : 0]));
  expect(codes.length).toBeGreaterThan(6);
  expect(JSON.parse(resumed)).toEqual(['to', 'be', 'read']);
  expect(await readFile(join(folder, 'first.html'), 'utf8')).toContain('approve');
});

it('lists the exit codes that the help lists', () => {
  const listed = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1]);
  expect(listed(readme, /^\| (\d+) \|/gm)).toEqual(listed(exitCodeHelp, /^ {2}(\d+) /gm));
});
