import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

// Where the package lies, without importing it: that would load the library into Python.
const question = [
  'import importlib.util as u, os',
  "s = u.find_spec('openvino')",
  "print(os.path.dirname(s.origin) if s and s.origin else '')",
].join('\n');

const longestMs = 10_000;

async function ask(python: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(python, ['-c', question], { timeout: longestMs, windowsHide: true });
    return stdout.trim() || undefined;
  } catch {
    // No such Python, or one that is broken: there is no package of it to use.
    return undefined;
  }
}

let answer: Promise<string | undefined> | undefined;

/** The folder of the package `openvino` in the Python on `PATH`, which is asked once in a process. */
export function pythonPackage(): Promise<string | undefined> {
  // Both at once: to start one takes longer than all else that has to be found.
  answer ??= Promise.all([ask('python3'), ask('python')]).then(([first, second]) => first ?? second);
  return answer;
}
