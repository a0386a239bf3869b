import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Milliseconds that the first `import` of a module takes in a fresh process in `folder`. */
export async function importTime(folder: string, module: string): Promise<number> {
  const script = `const start = performance.now(); await import(${JSON.stringify(module)}); console.log(performance.now() - start); process.exit();`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
    cwd: folder,
    timeout: 60_000,
  });
  return Number(stdout.trim().split('\n').at(-1));
}
