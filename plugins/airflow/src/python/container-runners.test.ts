import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { defineFlow } from '@aiwork/core';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { exportFlow } from '../export-flow.ts';

const flow = defineFlow({ id: 'flow', input: z.object({}) }, (f) => f.step('only', { run: () => 1 }));

/** What the script of a container prints, around a program of these lines. */
async function said(program: string): Promise<unknown> {
  const [file] = exportFlow(flow, { file: 'flow.ts', runner: { kind: 'docker', image: 'flows' } });
  const [, script = ''] = /ANSWER = """\n([\s\S]*?)"""/.exec(file?.content ?? '') ?? [];
  // As Python reads it.
  const shell = script.replaceAll('\\\\', '\\');
  const { stdout } = await promisify(execFile)('sh', ['-c', shell, 'sh', 'sh', '-c', program]);
  return JSON.parse(stdout.split('\n').at(-2) ?? '');
}

it('says behind all else how the process in a container ended, and what it answered', async () => {
  const answer = JSON.stringify({ status: 'failed', error: { message: 'a "b"\\n%s $x' } });
  const quoted = `'${answer}'`;
  expect(await said(`echo log >&2; printf '%s\\n' ${quoted}; exit 3`)).toEqual([3, JSON.parse(answer)]);
  expect(await said(`echo '{"status":"succeeded"}'`)).toEqual([0, { status: 'succeeded' }]);
  expect(await said('exit 137')).toEqual([137, null]);
});
