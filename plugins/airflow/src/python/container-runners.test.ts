import { type ExecFileException, execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { defineFlow } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { exportFlow } from '../export-flow.ts';

const flow = defineFlow({ id: 'flow', input: z.object({}) }, (f) => f.step('only', { run: () => 1 }));

/** The script of a container, as Python reads it. */
function script(): string {
  const [file] = exportFlow(flow, { file: 'flow.ts', runner: { kind: 'docker', image: 'flows' } });
  const [, text = ''] = /ANSWER = """\n([\s\S]*?)"""/.exec(file?.content ?? '') ?? [];
  return text.replaceAll('\\\\', '\\');
}

/** All that a container prints, around a program of these lines. */
async function said(program: string, request = ''): Promise<string> {
  const env = { ...process.env, AIWORK_TASK_REQUEST: request };
  const { stdout } = await promisify(execFile)('sh', ['-c', script(), 'sh', 'sh', '-c', program], { env });
  return stdout;
}

function answerIn(text: string): readonly [code: string | undefined, answer: string] {
  const [code, answer = ''] = text.slice(text.lastIndexOf('aiwork-answer:')).split(':').slice(1);
  return [code, Buffer.from(answer, 'base64').toString().trim()];
}

describe('the script of a container', () => {
  it('says behind all else how the process ended, and what it answered', async () => {
    const answer = JSON.stringify({ status: 'failed', error: { message: 'a "b"\\n%s $x é' } });
    expect(answerIn(await said(`echo log >&2; printf '%s\\n' '${answer}'; exit 3`))).toEqual(['3', answer]);
    expect(answerIn(await said(`echo noise; echo '{"status":"succeeded"}'`))).toEqual([
      '0',
      '{"status":"succeeded"}',
    ]);
    expect(answerIn(await said('exit 137'))).toEqual(['137', '']);
  });

  it('gives the process its request, and no other trace of it', async () => {
    const request = JSON.stringify({ runId: `it's "$x" %s \\n é`, needs: 'x'.repeat(100_000) });
    expect(answerIn(await said('cat', request))).toEqual(['0', request]);
    expect(answerIn(await said(`echo "<$AIWORK_TASK_REQUEST>"`, request))).toEqual(['0', '<>']);
  });

  it('lets what is told to stop end by itself', async () => {
    const program = `trap 'echo stopped; exit 143' TERM; echo ready >&2; for i in $(seq 40); do sleep 0.1; done`;
    const ended = await new Promise<{ error: ExecFileException | null; stdout: string }>((resolve) => {
      const child = execFile('sh', ['-c', script(), 'sh', 'sh', '-c', program], (error, stdout) =>
        resolve({ error, stdout }),
      );
      child.stdout?.once('data', () => child.kill('SIGTERM'));
    });
    expect(answerIn(ended.stdout)).toEqual(['143', 'stopped']);
  });
});
