import {
  type JSONRPCMessage,
  ReadBuffer,
  serializeMessage,
  type Transport,
} from '@modelcontextprotocol/client';
import { getDefaultEnvironment } from '@modelcontextprotocol/client/stdio';
import spawn from 'cross-spawn';
import { ownGroup, processGroup } from './process-group.ts';
import type { McpProgram } from './server-options.ts';

/** Pipes to a program. */
export interface ProgramTransport extends Transport {
  /** What it wrote to standard error last. */
  complaint(): string;
}

const maxComplaintChars = 2000;

/**
 * Starts a program and speaks with it over its pipes. Unlike the SDK's own, it ends what the program has started, too:
 * `npx` and shells leave their children behind when they are killed.
 */
export function programTransport(
  { command, args = [], env, cwd }: McpProgram,
  maxMessageBytes: number,
): ProgramTransport {
  let complaint = '';
  let started: ReturnType<typeof start> | undefined;

  function start() {
    const child = spawn(command, [...args], {
      ...ownGroup,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...getDefaultEnvironment(), ...env },
      ...(cwd !== undefined && { cwd }),
    });
    const group = processGroup(child);
    const messages = new ReadBuffer({ maxBufferSize: maxMessageBytes });
    child.stdout?.on('data', (chunk: Buffer) => {
      try {
        messages.append(chunk);
      } catch (error) {
        transport.onerror?.(error as Error);
        void transport.close();
        return;
      }
      deliver(messages);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint = `${complaint}${text}`.slice(-maxComplaintChars);
    });
    // A program that is gone is told of by its exit.
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.on('error', () => {});
    child.once('close', () => void transport.close());
    return { child, group };
  }

  function deliver(messages: ReadBuffer): void {
    for (;;) {
      try {
        const message = messages.readMessage();
        if (message === null) return;
        transport.onmessage?.(message);
      } catch (error) {
        // Programs that print to standard output mean no harm: the line is left out.
        transport.onerror?.(error as Error);
      }
    }
  }

  const transport: ProgramTransport = {
    complaint: () => complaint.trim(),
    start() {
      started = start();
      const { child } = started;
      return new Promise((resolve, reject) => {
        child.once('spawn', resolve);
        child.once('error', reject);
      });
    },
    async send(message: JSONRPCMessage) {
      const stdin = started?.child.stdin;
      if (!stdin?.writable) throw new Error('the program has ended');
      await new Promise<void>((resolve, reject) => {
        stdin.write(serializeMessage(message), (error) => (error ? reject(error) : resolve()));
      });
    },
    async close() {
      if (!started) return;
      const { group } = started;
      started = undefined;
      await group.end();
      transport.onclose?.();
    },
  };
  return transport;
}
