import { command } from './command.ts';
import { consumerChecks } from './consumer.ts';
import { coreFootprint } from './core-footprint.ts';
import { followedGuide } from './deployment/followed-guide.ts';
import { rollingStop } from './deployment/rolling-stop.ts';
import type { Gate, Verdict } from './gate.ts';
import { madePlugins } from './made-plugins.ts';
import { buildGate } from './source-gates.ts';
import { packTarballs } from './tarballs.ts';
import { kafkaAndAirflowTests, testGates } from './test-gate.ts';

/** What can only be said of the packages as they would be published. */
export function tarballGates(folder: string): readonly Gate[] {
  const packed = lazy(() => packTarballs(folder));
  const everyTarball = (file: string, args: readonly string[]) => async (): Promise<Verdict> => {
    const results = [];
    for (const tarball of await packed()) results.push(await command(file, [...args, tarball.file]));
    const failed = results.filter(({ ok }) => !ok);
    return {
      status: failed.length > 0 ? 'failed' : 'passed',
      output: failed.map(({ output }) => output).join('\n'),
    };
  };
  return [
    {
      name: 'tarballs: publint',
      besideAfter: [buildGate],
      run: everyTarball('publint', ['run', '--strict']),
    },
    {
      name: 'tarballs: are the types wrong?',
      besideAfter: [buildGate],
      run: everyTarball('attw', ['--profile', 'esm-only', '--no-emoji']),
    },
    {
      name: 'installed size of @aiwork/core, and what its import reads',
      besideAfter: [buildGate],
      run: async () => coreFootprint(await packed(), folder),
    },
    {
      name: 'tarballs in an empty npm project',
      besideAfter: [buildGate, kafkaAndAirflowTests],
      run: async () => consumerChecks(await packed(), folder),
    },
    {
      name: 'plugins made by create-plugin, and the guide to proving an adapter followed to its end',
      run: async () => madePlugins(await packed(), folder),
    },
    {
      name: 'the guide to deployment followed: a flow served, its image built, run and stopped',
      besideAfter: testGates,
      run: async () => followedGuide(await packed(), folder),
    },
    {
      name: 'two servers and a worker of an image behind a load balancer: each stopped under load',
      run: async () => rollingStop(await packed(), folder),
    },
  ];
}

function lazy<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
