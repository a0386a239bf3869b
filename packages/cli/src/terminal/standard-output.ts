import process from 'node:process';
import { Writable } from 'node:stream';

type Write = typeof process.stdout.write;

const ownWrite: Write = process.stdout.write.bind(process.stdout);

/** Writes what the command was asked for, whatever {@link divertStdout} does. */
export function writeOut(text: string): void {
  ownWrite(text);
}

/** As {@link writeOut}, for what goes on writing and waits until it is read. */
export function outStream(): Writable {
  return new Writable({
    write(chunk: Uint8Array, _, done) {
      ownWrite(chunk, done);
    },
  });
}

/**
 * Sends what flow code prints to stdout to stderr instead: stdout carries what the command was asked for and nothing
 * else, so that it can be piped.
 */
export function divertStdout(): void {
  process.stdout.write = ((...args: Parameters<Write>) => process.stderr.write(...args)) as Write;
}

/** What cannot be written, to a pipe that was closed or a disk that is full, is lost, and the work goes on. */
export function outliveOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}

/**
 * Resolves when all that was written has left this process, which pipes on some systems take their time for.
 *
 * @throws {Error} When stdout could not take all of it. A reader that has seen enough (`| head`) is no error.
 */
export async function flushOutput(): Promise<void> {
  await Promise.all([flushed(process.stdout, ownWrite), flushed(process.stderr)]);
  const { errored } = process.stdout;
  if (errored && (errored as NodeJS.ErrnoException).code !== 'EPIPE') throw errored;
}

function flushed(stream: NodeJS.WriteStream, write: Write = stream.write.bind(stream)): Promise<void> {
  if (stream.destroyed || stream.writableLength === 0) return Promise.resolve();
  return new Promise((resolve) => {
    write('', () => resolve());
  });
}
