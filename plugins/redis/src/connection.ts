import { once } from 'node:events';
import { AiworkError } from '@aiwork/core';
import { abortedWhile, checkSignal } from '@aiwork/core/adapter-kit';
import { Command as IORedisCommand } from 'ioredis';
import { type Client, createClient } from './client.ts';
import { createInFlight, LostReplyError, toLostReply } from './in-flight.ts';
import { commandTimeout, type RedisConnectionOptions, timeOption } from './options.ts';
import { createReadiness } from './readiness.ts';
import { isLoading, isUnknownScript, refusedBy, replyLost } from './redis-errors.ts';
import type { LostReply, Script } from './script.ts';

/** What a command or a script is given beside keys. @since 0.1.0 */
export type Argument = string | number | Buffer;

/** @since 0.1.0 */
export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  /** Give strings of the reply as a `Buffer`, for bytes that are no UTF-8. */
  readonly reply?: 'text' | 'bytes';
}

/**
 * A connection to one Redis, shared by all that is kept there.
 *
 * Every call ends within `commandTimeoutMs`. Its errors are `AiworkError`s with an `outcome`: `not-applied` when it never
 * left this process or the server refused it, `unknown` when it was sent and no reply came. What is sent in one turn of
 * the event loop leaves in one write.
 *
 * @since 0.1.0
 */
export interface Connection {
  /** Names the server in errors, without user name and password. */
  readonly where: string;
  /** Runs a script by its hash, and by its text where the server does not know it yet. */
  run<Reply>(
    script: Script<Reply>,
    keys: readonly string[],
    args: readonly Argument[],
    options?: RequestOptions,
  ): Promise<Reply>;
  /** One command; `keys` are its first arguments. */
  send<Reply>(
    command: Command,
    keys: readonly string[],
    args: readonly Argument[],
    options?: RequestOptions,
  ): Promise<Reply>;
  /** Ends the connection. What is in flight is rejected, so wait for it before. */
  close(): Promise<void>;
}

/** A command of Redis. @since 0.1.0 */
export interface Command {
  readonly name: string;
  /** What it does, as errors name it. */
  readonly what: string;
  readonly lostReply: LostReply;
}

/** How long to wait before a call is repeated on the same connection, so that a server is not flooded. */
const repeatAfterMs = 20;

/**
 * Connects.
 *
 * @throws `AIWORK_STORE_FAILED` when there is no server, or it refuses the client.
 * @throws `AIWORK_INVALID_ARGUMENT` when an option has a value that cannot be used.
 */
export async function connect(options: RedisConnectionOptions, signal?: AbortSignal): Promise<Connection> {
  const connectTimeoutMs = timeOption(options.connectTimeoutMs, 'connectTimeoutMs', 5000);
  const commandTimeoutMs = commandTimeout(options);
  checkSignal(signal);
  const { client, where } = createClient(options, { connectTimeoutMs, commandTimeoutMs });
  const connection = connectionOf(client, where, commandTimeoutMs);
  try {
    await connection.begin(connectTimeoutMs, signal);
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function connectionOf(client: Client, where: string, commandTimeoutMs: number) {
  const inFlight = createInFlight(commandTimeoutMs, () => {
    // What it held back would be done long after its caller gave up.
    if (client.kind === 'single') client.redis.stream.destroy();
  });
  const readiness = createReadiness(client, where);
  client.redis.on('close', () => inFlight.fail('the connection broke before the reply'));

  /**
   * Whatever is written in this turn of the event loop, and in all promises that it settles, leaves together. A call that
   * is alone leaves at once.
   */
  function gather(): void {
    if (client.kind !== 'single' || inFlight.isEmpty()) return;
    const { stream } = client.redis;
    if (!stream || stream.writableCorked > 0) return;
    stream.cork();
    process.nextTick(() => stream.uncork());
  }

  async function transmit<Reply>(
    name: string,
    args: Argument[],
    { signal, reply = 'text' }: RequestOptions,
    deadline: number,
  ): Promise<Reply> {
    gather();
    const command = new IORedisCommand(name, args, { replyEncoding: reply === 'text' ? 'utf8' : null });
    const call = inFlight.begin(command, deadline, signal);
    client.redis.sendCommand(command);
    try {
      return (await command.promise) as Reply;
    } catch (error) {
      throw toLostReply(error);
    } finally {
      inFlight.end(call);
    }
  }

  async function request<Reply>(
    { lostReply, isDone }: Pick<Script<Reply>, 'lostReply' | 'isDone'>,
    what: string,
    keys: readonly string[],
    ask: (deadline: number) => Promise<Reply>,
    signal: AbortSignal | undefined,
  ): Promise<Reply> {
    checkSignal(signal);
    const deadline = performance.now() + commandTimeoutMs;
    /** Why nobody knows whether it was done. */
    let doubt: LostReplyError | undefined;
    function explain(error: unknown): AiworkError {
      const outcome = doubt ? 'unknown' : 'not-applied';
      if (signal?.aborted) return abortedWhile(where, what, { outcome, cause: signal.reason });
      if (doubt) return replyLost(where, what, doubt.message, outcome);
      if (AiworkError.isInstance(error)) return error;
      if (error instanceof LostReplyError) return replyLost(where, what, error.message, outcome);
      return refusedBy(where, what, keys, error);
    }
    for (;;) {
      try {
        if (!readiness.isReady()) await readiness.wait(deadline, signal);
        const reply = await ask(deadline);
        if (doubt && isDone?.(reply) === false) throw explain(doubt);
        return reply;
      } catch (error) {
        const isLost = error instanceof LostReplyError;
        if (isLost && error.sent && lostReply !== 'repeat') doubt ??= error;
        const mayRepeat = isLost ? lostReply !== 'unknown' || !error.sent : isLoading(error);
        if (!mayRepeat || signal?.aborted || performance.now() + repeatAfterMs >= deadline)
          throw explain(error);
      }
      // Connecting again takes its own time.
      if (readiness.isReady()) await new Promise((resolve) => setTimeout(resolve, repeatAfterMs));
    }
  }

  return {
    where,

    async begin(timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
      client.redis.connect().catch(() => {});
      await readiness.first(timeoutMs, signal);
    },

    run<Reply>(
      script: Script<Reply>,
      keys: readonly string[],
      args: readonly Argument[],
      options: RequestOptions = {},
    ): Promise<Reply> {
      const ask = async (deadline: number) => {
        try {
          return await transmit<Reply>(
            'evalsha',
            [script.sha, keys.length, ...keys, ...args],
            options,
            deadline,
          );
        } catch (error) {
          if (!isUnknownScript(error)) throw error;
          return transmit<Reply>('eval', [script.lua, keys.length, ...keys, ...args], options, deadline);
        }
      };
      return request<Reply>(script, script.name, keys, ask, options.signal);
    },

    send<Reply>(
      command: Command,
      keys: readonly string[],
      args: readonly Argument[],
      options: RequestOptions = {},
    ): Promise<Reply> {
      const ask = (deadline: number) => transmit<Reply>(command.name, [...keys, ...args], options, deadline);
      return request<Reply>(command, command.what, keys, ask, options.signal);
    },

    async close(): Promise<void> {
      readiness.close();
      inFlight.close();
      const { redis } = client;
      const stream = client.kind === 'single' ? client.redis.stream : undefined;
      redis.disconnect();
      if (stream && !stream.destroyed) {
        stream.destroy();
        await once(stream, 'close');
      }
    },
  };
}
