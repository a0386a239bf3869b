import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import workspace from '../package.json' with { type: 'json' };
import { command, root } from './command.ts';
import type { Verdict } from './gate.ts';
import { npmProject } from './npm-project.ts';
import type { Tarball } from './tarballs.ts';

const { typescript, zod, '@types/node': nodeTypes } = workspace.devDependencies;

/** The oldest Node that `engines` promises; npm's `node-…` packages are its plain binaries. */
const oldestNode = `node-${process.platform.replace('win32', 'win')}-${process.arch}@22.13.0`;

/** Installs the tarballs in an empty project and uses them from TypeScript and from JavaScript. */
export async function consumerChecks(tarballs: readonly Tarball[], folder: string): Promise<Verdict> {
  const project = await npmProject(join(folder, 'consumer'), [
    ...tarballs,
    `typescript@${typescript}`,
    `zod@${zod}`,
    `@types/node@${nodeTypes}`,
  ]);
  await cp(join(root, 'scripts/consumer'), project, { recursive: true });
  const old = await npmProject(join(folder, 'oldest-node'), [oldestNode]);
  const oldNode = join(old, 'node_modules', oldestNode.slice(0, oldestNode.lastIndexOf('@')), 'bin/node');
  await writeTsconfig(project, 'nodenext', { module: 'nodenext', moduleResolution: 'nodenext' });
  await writeTsconfig(project, 'bundler', { module: 'esnext', moduleResolution: 'bundler', noEmit: true });
  await writeTsconfig(
    project,
    'plain',
    { module: 'nodenext', lib: undefined, types: [], noEmit: true },
    'without-node-types.ts',
  );
  const bin = join(project, 'node_modules/.bin');
  const checks = [
    ['type-check with moduleResolution nodenext', `${bin}/tsc`, ['-p', 'tsconfig.nodenext.json']],
    ['type-check with moduleResolution bundler', `${bin}/tsc`, ['-p', 'tsconfig.bundler.json']],
    ['type-check without the types of Node', `${bin}/tsc`, ['-p', 'tsconfig.plain.json']],
    ['run the compiled TypeScript', 'node', ['out/from-typescript.js']],
    ['run the compiled TypeScript on the oldest Node', oldNode, ['out/from-typescript.js']],
    ['run the JavaScript', 'node', ['from-javascript.js']],
    ['run the JavaScript on the oldest Node', oldNode, ['from-javascript.js']],
    ['run the installed `aiwork`', `${bin}/aiwork`, ['--version']],
    ['start a project with `aiwork init`', `${bin}/aiwork`, ['init', 'starter']],
    ['type-check the started project', `${bin}/tsc`, ['-p', 'starter']],
    ['run the started project', 'npm', ['start', '--prefix', 'starter']],
    ['draw its flow', `${bin}/aiwork`, ['graph', 'starter/flow.ts', '--format', 'svg']],
    [
      'run the started project on the oldest Node',
      oldNode,
      ['node_modules/aiwork/dist/main.js', 'run', 'starter/flow.ts', '--state', 'starter/runs.db'],
    ],
  ] as const;
  const failures: string[] = [];
  for (const [name, file, args] of checks) {
    const { ok, output } = await command(file, args, { cwd: project });
    if (!ok) failures.push(`${name}:\n${output}`);
  }
  return {
    status: failures.length > 0 ? 'failed' : 'passed',
    note: `${checks.length - failures.length} of ${checks.length} uses work`,
    output: failures.join('\n'),
  };
}

async function writeTsconfig(
  project: string,
  name: string,
  options: object,
  file = 'from-typescript.ts',
): Promise<void> {
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    target: 'es2022',
    lib: ['es2023', 'esnext.disposable'],
    types: ['node'],
    outDir: 'out',
    ...options,
  };
  await writeFile(join(project, `tsconfig.${name}.json`), JSON.stringify({ compilerOptions, files: [file] }));
}
