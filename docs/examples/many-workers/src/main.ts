import { join, relative } from 'node:path';
import process from 'node:process';
import { runDemo } from './run-demo.ts';

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Twice: whoever asks again does not want to wait.
    if (stopping.signal.aborted) process.exit(signal === 'SIGTERM' ? 143 : 130);
    stopping.abort();
  });
}

// Where the user called pnpm, which runs scripts in the folder of their package.
const cwd = process.env['INIT_CWD'] ?? process.cwd();
const out = join(cwd, 'aiwork-demo');
try {
  await runDemo({
    size: { width: 960, height: 600, tile: 75, samples: 3 },
    out,
    print: (text) => process.stdout.write(text),
    signal: stopping.signal,
  });
  for (const file of ['workers.html', 'picture.png', 'timeline.html']) {
    process.stdout.write(`  ${relative(cwd, join(out, file))}\n`);
  }
} catch (error) {
  const { aborted } = stopping.signal;
  process.stderr.write(
    aborted ? 'Cancelled.\n' : `error: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exitCode = aborted ? 3 : 1;
}
