import { copyFile, mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureContainerEngine, ServiceUnavailable } from '../contract-tests/src/services/index.ts';
import { command, root, searchPath } from './command.ts';
import { followGuide } from './follow-guide.ts';
import type { Verdict } from './gate.ts';
import { npmProject } from './npm-project.ts';
import type { Tarball } from './tarballs.ts';

const guide = 'docs/guides/proving-an-adapter.md';
const needsEngine = '<!-- From here on a container engine is needed. -->';
/** Large, and tried by the tests of the kit: the reader of the guide gets the one that is here. */
const testcontainers = join(root, 'contract-tests/node_modules/testcontainers');
/** For the contract `cache`, the guide makes one. */
const contracts = [
  'state-store',
  'run-store',
  'task-queue',
  'memory',
  'guardrail',
  'embedder',
  'chat-model',
  'flow-exporter',
];

/**
 * Follows the guide, which makes a plugin and implements it, and makes one for each other contract: it compiles, and fails
 * its contract until it is implemented.
 */
export async function madePlugins(tarballs: readonly Tarball[], folder: string): Promise<Verdict> {
  const maker = await npmProject(join(folder, 'maker'), tarballsOf(tarballs, ['@aiwork/create-plugin']));
  const make = join(maker, 'node_modules/.bin/create-plugin');
  const kit = tarballsOf(tarballs, ['@aiwork/core', '@aiwork/contract-tests', '@aiwork/onnx-format']);
  // By the npm and the Node of the machine, as whoever reads the guide has them: they know its registry and certificates.
  const npm = `PATH='${searchPath('machine')}' npm`;
  const install = [npm, 'install --no-audit --no-fund', ...kit.map(({ file }) => file)].join(' ');

  const reader = join(folder, 'reader');
  await mkdir(reader);
  const problems: string[] = [];
  const { text, extent } = await readGuide();
  const stuck = await followGuide(text, {
    folder: reader,
    translate: (line) =>
      line
        .replace(/^npm create @aiwork\/plugin@latest (\S+) -- /, `${make} $1 `)
        .replace(/^npm install$/, install)
        .replace(/^npm install (?=\w)/, `${npm} install --no-audit --no-fund `)
        .replace(
          /^npm install --save-dev testcontainers$/,
          `ln -s ${testcontainers} node_modules/testcontainers`,
        ),
  });
  if (stuck !== undefined) problems.push(`${guide}:${stuck}`);
  for (const contract of contracts) {
    const plugin = join(folder, 'made', contract);
    const { ok, output } = await command(make, [contract, '--contract', contract, '--folder', plugin]);
    if (!ok) throw new Error(`create-plugin failed:\n${output}`);
    // What the reader of the guide installed is what all of them need.
    await symlink(join(reader, 'my-cache/node_modules'), join(plugin, 'node_modules'));
    const failures = await (contract === 'state-store' ? implemented : unimplemented)(plugin);
    problems.push(...failures.map((failure) => `${contract}: ${failure}`));
  }
  return {
    status: problems.length > 0 ? 'failed' : 'passed',
    note: `${extent}, and plugins for ${contracts.join(', ')}`,
    output: problems.join('\n\n'),
  };
}

/** Without what needs a container engine, where none can be had. */
async function readGuide(): Promise<{ readonly text: string; readonly extent: string }> {
  const text = await readFile(join(root, guide), 'utf8');
  try {
    await ensureContainerEngine();
    return { text, extent: 'the whole guide' };
  } catch (error) {
    if (!(error instanceof ServiceUnavailable)) throw error;
    return { text: text.slice(0, text.indexOf(needsEngine)), extent: 'the guide without its service' };
  }
}

function tarballsOf(tarballs: readonly Tarball[], names: readonly string[]): readonly Tarball[] {
  return tarballs.filter(({ name }) => names.includes(name));
}

/** What is wrong with a plugin as it was made. */
async function unimplemented(plugin: string): Promise<readonly string[]> {
  const failures = await failuresOf(plugin, [['tsc', []]]);
  const { ok, output } = await inPlugin(plugin, 'aiwork-contract', ['check', 'contract.ts']);
  // Of a guardrail that throws, the contract says what it amounts to.
  const said = output.includes('not implemented yet: ') || output.includes("seen      'block'");
  const isRed = !ok && said && /: failed\n\d+ passed, \d+ failed, \d+ skipped, 0 blocked/.test(output);
  return isRed ? failures : [...failures, `should fail for want of an implementation:\n${output}`];
}

/** What is wrong with a plugin whose adapter was put in the place of the one that was made. */
async function implemented(plugin: string): Promise<readonly string[]> {
  const failures = await unimplemented(plugin);
  await copyFile(join(root, 'scripts/plugins/state-store.ts'), join(plugin, 'src/state-store.ts'));
  return [
    ...failures,
    ...(await failuresOf(plugin, [
      ['tsc', []],
      ['aiwork-contract', ['check', 'contract.ts']],
      ['vitest', ['run']],
      ['tsc', ['-p', 'tsconfig.build.json']],
      [join(root, 'node_modules/.bin/publint'), ['run', '--strict']],
    ])),
  ];
}

type Use = readonly [file: string, args: readonly string[]];

async function failuresOf(plugin: string, uses: readonly Use[]): Promise<readonly string[]> {
  const failures: string[] = [];
  for (const [file, args] of uses) {
    const { ok, output } = await inPlugin(plugin, file, args);
    if (!ok) failures.push(`${[file, ...args].join(' ')}:\n${output}`);
  }
  return failures;
}

function inPlugin(plugin: string, file: string, args: readonly string[]) {
  const path = file.includes('/') ? file : join(plugin, 'node_modules/.bin', file);
  return command(path, args, { cwd: plugin, timeoutMs: 120_000 });
}
