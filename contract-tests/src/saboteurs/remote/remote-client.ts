import { AiworkError, type CallOptions, ClosedError } from '@aiwork/core';
import type { Address } from '../../engine/address.ts';
import type { AnyAdapter } from '../../engine/any-adapter.ts';
import { type ChannelRules, openChannel } from './channel.ts';
import type { Reply, Request } from './frames.ts';

export type MethodKind = 'read' | 'mutation' | 'listing';

/** The decisions of a client, so that a saboteur can put a wrong one in the place of each. */
export interface ClientRules extends ChannelRules {
  readonly deadlineMs: number;
  /** Whether a call whose connection broke after it was sent is sent again. */
  readonly repeats: (kind: MethodKind) => boolean;
  readonly outcome: (sent: boolean) => 'unknown' | 'not-applied' | undefined;
  readonly retryable: boolean;
  readonly hearsSignal: boolean;
  /** What an error says about a call. */
  readonly about: (request: Request) => string;
}

/** Longer than a busy machine stands still. */
export const callDeadlineMs = 1000;

const rules: ClientRules = {
  reconnects: true,
  pairing: 'id',
  onBreak: () => {},
  deadlineMs: callDeadlineMs,
  repeats: (kind) => kind === 'read',
  outcome: (sent) => (sent ? 'unknown' : 'not-applied'),
  retryable: true,
  hearsSignal: true,
  about: ({ method }) => `${method}() on the remote service`,
};

export interface RemoteClientParts<A extends AnyAdapter> {
  readonly address: Address;
  readonly namespace: string;
  readonly capabilities: A['capabilities'];
  readonly methods: Readonly<Record<string, MethodKind>>;
  readonly changes: Partial<ClientRules>;
  /** Aborted when the service goes for good: a client that waits for ever has to go with it. */
  readonly over: AbortSignal;
}

/** A client of a remote service: it connects again, every call has a deadline, and errors say what became of it. */
export function openRemoteClient<A extends AnyAdapter>(parts: RemoteClientParts<A>): A {
  const { address, namespace, capabilities, methods, changes, over } = parts;
  const own: ClientRules = { ...rules, ...changes };
  const channel = openChannel(address, own);
  over.addEventListener('abort', () => channel.close(), { once: true });
  const inFlight = new Set<Promise<unknown>>();
  let requests = 0;
  let closed = false;

  /** The replies to one call; ends with an error of the family. */
  async function* replies(kind: MethodKind, method: string, args: readonly unknown[]): AsyncGenerator<Reply> {
    const signal = signalOf(args);
    if (closed) throw new ClosedError('the remote adapter');
    if (signal?.aborted) throw cancelled(signal, 'not-applied');
    requests += 1;
    const request: Request = { id: requests, namespace, method, args: withoutSignal(args) };
    let sent = false;
    const end = Promise.withResolvers<never>();
    const lost = () => {
      const outcome = own.outcome(sent);
      return new AiworkError('AIWORK_STORE_FAILED', `no reply to ${own.about(request)}`, {
        retryable: own.retryable,
        ...(outcome && kind === 'mutation' && { outcome }),
      });
    };
    const onAbort = () => end.reject(cancelled(signal, sent ? 'unknown' : 'not-applied'));
    const onDeadline = () => {
      channel.drop();
      end.reject(lost());
    };
    if (own.hearsSignal) signal?.addEventListener('abort', onAbort, { once: true });
    const onOver = () => end.reject(lost());
    over.addEventListener('abort', onOver, { once: true });
    const timer = setTimeout(onDeadline, Math.min(own.deadlineMs, 2 ** 31 - 1));
    try {
      for (;;) {
        end.promise.catch(() => {});
        await Promise.race([channel.ready(), end.promise]);
        const heard = queueOf<Reply | undefined>();
        sent = true;
        channel.send(request, { heard: heard.add, broke: () => heard.add(undefined) });
        for (;;) {
          const reply = await Promise.race([heard.next(), end.promise]);
          if (!reply) break;
          if (reply.error) throw errorOf(reply.error);
          yield reply;
          if (!reply.piece || reply.done) return;
          timer.refresh();
        }
        if (!own.repeats(kind)) throw lost();
      }
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      over.removeEventListener('abort', onOver);
      channel.forget(request.id);
    }
  }

  async function call(kind: MethodKind, method: string, args: readonly unknown[]): Promise<unknown> {
    for await (const { value } of replies(kind, method, args)) return value;
    return undefined;
  }

  async function* list(method: string, args: readonly unknown[]): AsyncGenerator {
    for await (const { piece = [] } of replies('listing', method, args)) yield* piece;
  }

  async function close(): Promise<void> {
    closed = true;
    await Promise.allSettled(inFlight);
    channel.close();
  }

  const made = Object.entries(methods).map(([method, kind]) => [
    method,
    (...args: unknown[]) => {
      if (kind === 'listing') return list(method, args);
      const working = call(kind, method, args).finally(() => inFlight.delete(working));
      inFlight.add(working);
      return working;
    },
  ]);
  return { ...Object.fromEntries(made), capabilities, close, [Symbol.asyncDispose]: close } as A;
}

function signalOf(args: readonly unknown[]): AbortSignal | undefined {
  const last = args.at(-1);
  return typeof last === 'object' && last !== null ? (last as CallOptions).signal : undefined;
}

function withoutSignal(args: readonly unknown[]): readonly unknown[] {
  if (!signalOf(args)) return args;
  const { signal: _, ...options } = args.at(-1) as CallOptions;
  return [...args.slice(0, -1), options];
}

function cancelled(signal: AbortSignal | undefined, outcome: 'unknown' | 'not-applied'): AiworkError {
  return new AiworkError('AIWORK_CANCELLED', 'the call was aborted', { outcome, cause: signal?.reason });
}

function errorOf({ code, message, ...rest }: Readonly<Record<string, unknown>>): AiworkError {
  return new AiworkError(code as 'AIWORK_STORE_FAILED', String(message), rest);
}

/** What was added and not yet taken, in order. */
function queueOf<T>() {
  const items: T[] = [];
  let wake = () => {};
  return {
    add(item: T) {
      items.push(item);
      wake();
    },
    async next(): Promise<T> {
      while (items.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return items.shift() as T;
    },
  };
}
