import { spawn } from 'node:child_process';

const timeLimitMs = 10_000;
const runner = `
const vm = require('node:vm');
let text = '';
process.stdin.on('data', (part) => (text += part)).on('end', () => {
  const { code, cases } = JSON.parse(text);
  let passed = false;
  try {
    passed = vm.runInNewContext(
      '(() => { "use strict"; const f = (' + code + '\\n); return cases.every(([input, output]) => JSON.stringify(f(...JSON.parse(input))) === output); })()',
      { cases: cases.map(([input, output]) => [JSON.stringify(input), JSON.stringify(output)]) },
      { timeout: 1000 },
    ) === true;
  } catch {}
  process.stdout.write(passed ? 'passed' : 'failed');
});`;

/** Arguments, and what the function has to return for them. */
export type Case = readonly [input: readonly unknown[], output: unknown];

/**
 * Whether a JavaScript function gives what it should. It runs in a process of its own that may touch no file, network, child
 * or worker (Node's permission model), with little memory, no environment and a limit on its time.
 */
export function passesTests(code: string, cases: readonly Case[]): Promise<boolean> {
  const child = spawn(process.execPath, ['--permission', '--max-old-space-size=64', '-e', runner], {
    env: {},
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: timeLimitMs,
    killSignal: 'SIGKILL',
  });
  return new Promise((resolve, reject) => {
    let said = '';
    child.on('error', reject);
    child.stdout.on('data', (part: Buffer) => {
      if (said.length < 16) said += part.toString();
    });
    child.on('close', () => resolve(said === 'passed'));
    // One that died before it read everything has failed; `close` says so.
    child.stdin.on('error', () => {});
    child.stdin.end(JSON.stringify({ code, cases }));
  });
}
