import process from 'node:process';
import { exitCode } from './exit-code.ts';
import { runDemo } from './run-demo.ts';
import { marksFor } from './terminal/marks.ts';

const cancelling = new AbortController();
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Twice: whoever asks again does not want to wait.
    if (interrupted) process.exit(signal === 'SIGTERM' ? exitCode.terminated : exitCode.interrupted);
    interrupted = true;
    cancelling.abort();
  });
}
// Whoever reads the output may stop early, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? 0 : exitCode.failed),
);

process.exitCode = await runDemo(process.argv.slice(2), {
  // Where the user called pnpm, which runs scripts in the folder of their package.
  cwd: process.env['INIT_CWD'] ?? process.cwd(),
  width: Math.min(process.stdout.columns || 100, 100),
  mark: marksFor(process.stdout),
  embeddings: process.env['EMBEDDINGS'],
  print: (text) => process.stdout.write(text),
  printError: (text) => process.stderr.write(text),
  signal: cancelling.signal,
});
