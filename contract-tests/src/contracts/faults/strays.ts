import { format, inspect } from 'node:util';

/** Something that nobody asked for and nobody caught. */
export interface Strays {
  readonly seen: readonly string[];
  stop(): void;
}

const events = ['unhandledRejection', 'uncaughtException'] as const;
const printing = ['error', 'warn', 'log', 'info', 'debug'] as const;

/**
 * Watches the whole process for errors that nobody handles and for output, in the place of whoever else does so; gives
 * all back to them when it stops.
 */
export function watchStrays(): Strays {
  const seen: string[] = [];
  const listeners = events.map((event) => [event, process.listeners(event as 'warning')] as const);
  for (const event of events) {
    process.removeAllListeners(event);
    process.on(event, (error: unknown) => seen.push(`${event}: ${inspect(error)}`));
  }
  const { stdout, stderr } = process;
  const streams = [stdout, stderr].map((stream) => [stream, stream.write] as const);
  const own = printing.map((name) => [name, console[name]] as const);
  const keep = (text: unknown) => {
    seen.push(`printed: ${String(text)}`);
    return true;
  };
  for (const stream of [stdout, stderr]) stream.write = keep;
  for (const name of printing) console[name] = (...what) => keep(format(...what));
  return {
    seen,
    stop() {
      for (const [stream, write] of streams) stream.write = write;
      for (const [name, print] of own) console[name] = print;
      for (const [event, others] of listeners) {
        process.removeAllListeners(event);
        for (const listener of others) process.on(event, listener as () => void);
      }
    },
  };
}
