import { command } from './command.ts';
import { commandGate, type Gate } from './gate.ts';

/** What can be said from the sources alone, without running them. */
export const sourceGates: readonly Gate[] = [
  commandGate('lint and format', 'biome', [
    'ci',
    '--error-on-warnings',
    '--diagnostic-level=warn',
    '--colors=off',
    '.',
  ]),
  // One program, in which what packages share is checked once.
  commandGate('types of every package, type tests included', 'tsc', ['-p', 'tsconfig.packages.json']),
  commandGate('types of scripts and docs', 'tsc', ['-p', 'tsconfig.json']),
  commandGate('no dead code or unused dependency', 'knip', []),
  commandGate('dependency directions, no import cycle', 'depcruise', [
    'packages',
    'plugins',
    'contract-tests',
    'docs/examples',
    'deploy/monitoring',
  ]),
  commandGate(
    'API reference: everything public is documented, every link leads somewhere',
    'typedoc',
    ['--treatWarningsAsErrors'],
    { besideAfter: [] },
  ),
  { name: 'changesets', run: changesets },
];

/** `changeset status` needs history and the main branch; an archive or a bare checkout has neither. */
async function changesets() {
  for (const since of ['main', 'origin/main']) {
    const { ok } = await command('git', ['merge-base', 'HEAD', since]);
    if (!ok) continue;
    const status = await command('changeset', ['status', `--since=${since}`]);
    return { status: status.ok ? 'passed' : 'failed', output: status.output } as const;
  }
  return { status: 'skipped', note: 'no branch `main` to compare with' } as const;
}

export const buildGate = commandGate('build', 'turbo', [
  'run',
  'build',
  '--continue',
  '--output-logs=errors-only',
]);
