import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Answer, Question } from './measuring-process.ts';

function processUrl(): URL {
  // Beside this file it is TypeScript in the repository and JavaScript in the package.
  return import.meta.url.endsWith('.ts')
    ? new URL('./measuring-process.ts', import.meta.url)
    : new URL('./measuring-process.js', import.meta.url);
}

/** Has it measured in a process of its own, which ends with `signal`. */
export async function measureApart(question: Question, signal: AbortSignal): Promise<Answer> {
  signal.throwIfAborted();
  const child = fork(processUrl(), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const end = () => child.kill('SIGKILL');
  signal.addEventListener('abort', end, { once: true });
  try {
    let answer: Answer | undefined;
    child.once('message', (message) => {
      answer = message as Answer;
    });
    child.send(question, () => {
      // A process that could not be asked has ended, which is told below.
    });
    const [code, killedBy] = (await once(child, 'close')) as [number | null, string | null];
    signal.throwIfAborted();
    return answer ?? { failure: { message: `the process ended with ${killedBy ?? code}, and said nothing` } };
  } finally {
    signal.removeEventListener('abort', end);
  }
}
