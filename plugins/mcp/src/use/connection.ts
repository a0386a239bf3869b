import { AiworkError } from '@aiwork/core';
import {
  type CallToolResult,
  type Progress,
  ProtocolError,
  ProtocolErrorCode,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  type Tool,
} from '@modelcontextprotocol/client';
import { metaFields } from '../meta-fields.ts';
import { type OpenClient, openClient } from './open-client.ts';
import { redactorFor } from './redact.ts';
import type { McpServerOptions } from './server-options.ts';
import { unlessAborted } from './unless-aborted.ts';

export interface ToolCall {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Told to the server, for those that know what to do with it. */
  readonly idempotencyKey: string;
  onProgress(progress: Progress): void;
  readonly signal: AbortSignal;
}

/** A server, found again whenever it was lost. */
export interface Connection {
  /** @throws `AIWORK_MCP_UNAVAILABLE`. */
  connect(signal: AbortSignal): Promise<void>;
  /** What it listed last; nothing before it was connected with. */
  tools(): readonly Tool[];
  /** @throws `AIWORK_MCP_UNAVAILABLE`, `AIWORK_MCP_TIMEOUT`, `AIWORK_MCP_TOOL_FAILED`, `AIWORK_CANCELLED`. */
  call(call: ToolCall): Promise<CallToolResult>;
  close(): Promise<void>;
}

export interface ConnectionOptions {
  /** What it is called in errors. */
  readonly name: string;
  readonly server: McpServerOptions;
  readonly connectTimeoutMs: number;
  readonly maxMessageBytes: number;
  onToolsChanged(): void;
}

/** How many of the headers that were sent last are kept out of errors. */
const recentCount = 16;

/** A server that cannot be reached is not tried again at once, in milliseconds. */
const [minPauseMs, maxPauseMs] = [500, 30_000];

export function createConnection(options: ConnectionOptions): Connection {
  const { name, server, connectTimeoutMs, maxMessageBytes } = options;
  const { callTimeoutMs = 60_000, maxCallMs = 600_000 } = server;
  /** Requests at work may carry earlier ones. */
  let recentHeaders: readonly Headers[] = [];
  const redact = redactorFor(server, () => recentHeaders.flatMap((headers) => [...headers]));
  const closing = new AbortController();
  let current: Promise<OpenClient> | undefined;
  let listed: readonly Tool[] = [];
  let failures = 0;
  let notBefore = 0;

  async function open(): Promise<OpenClient> {
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(connectTimeoutMs)]);
    const opened = await openClient({
      server,
      connectTimeoutMs,
      maxMessageBytes,
      onToolsChanged: () => void refresh(opened).catch(() => {}),
      onHeaders(headers) {
        recentHeaders = [...recentHeaders, headers].slice(-recentCount);
      },
      signal,
    });
    try {
      await refresh(opened);
    } catch (error) {
      await opened.close();
      throw error;
    }
    return opened;
  }

  async function refresh({ client }: OpenClient): Promise<void> {
    const { tools } = await client.listTools(undefined, { timeout: connectTimeoutMs, cacheMode: 'refresh' });
    listed = tools;
    options.onToolsChanged();
  }

  /** The client there is, or a new one: one attempt at a time, however many ask. */
  function reach(): Promise<OpenClient> {
    if (current) return current;
    const waitMs = notBefore - Date.now();
    if (waitMs > 0) return Promise.reject(unavailable('could not be reached just now', waitMs));
    const opening = open().then(
      (opened) => {
        failures = 0;
        opened.client.onclose = () => lose(opening);
        return opened;
      },
      (error: unknown) => {
        lose(opening);
        const pauseMs = Math.min(maxPauseMs, minPauseMs * 2 ** failures);
        failures += 1;
        notBefore = Date.now() + pauseMs;
        throw unavailable(`cannot be reached: ${messageOf(error)}`, pauseMs);
      },
    );
    current = opening;
    opening.catch(() => {});
    return opening;
  }

  function lose(lost: Promise<OpenClient>): void {
    if (current === lost) current = undefined;
  }

  /** Without a cause, which would show what is redacted here. */
  function unavailable(what: string, retryAfterMs: number): AiworkError {
    return new AiworkError('AIWORK_MCP_UNAVAILABLE', `the MCP server "${name}" ${redact(what)}`, {
      retryable: true,
      retryAfterMs,
      outcome: 'not-applied',
    });
  }

  async function call(given: ToolCall, attempts = 2): Promise<CallToolResult> {
    const { signal } = given;
    if (closing.signal.aborted) throw closed();
    if (signal.aborted) throw cancelled(given, 'not-applied');
    const opening = reach();
    const { client, close } = await unlessAborted(opening, signal).catch((error: unknown) => {
      throw signal.aborted ? cancelled(given, 'not-applied') : error;
    });
    try {
      return await client.callTool(
        {
          name: given.name,
          arguments: { ...given.input },
          _meta: { [metaFields.idempotencyKey]: given.idempotencyKey },
        },
        {
          signal,
          timeout: callTimeoutMs,
          maxTotalTimeout: maxCallMs,
          resetTimeoutOnProgress: true,
          onprogress: given.onProgress,
        },
      );
    } catch (error) {
      if (signal.aborted) throw cancelled(given, 'unknown');
      if (!isLost(error)) throw failureOf(error, given.name);
      lose(opening);
      await close();
      // A session that the server has forgotten did not take the call; a new one may.
      if (isForgotten(error) && attempts > 1 && !closing.signal.aborted) return call(given, attempts - 1);
      throw new AiworkError(
        'AIWORK_MCP_UNAVAILABLE',
        `the MCP server "${name}" was lost during a call of "${given.name}", which it may have made: ${redact(messageOf(error))}`,
        { retryable: true, outcome: 'unknown' },
      );
    }
  }

  function failureOf(error: unknown, tool: string): AiworkError {
    const message = redact(messageOf(error));
    const what = `tool "${tool}" of the MCP server "${name}"`;
    if (error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout) {
      return new AiworkError(
        'AIWORK_MCP_TIMEOUT',
        `${what} gave no answer in time, and was told to stop: raise callTimeoutMs or maxCallMs if it needs longer`,
        { retryable: true, outcome: 'unknown' },
      );
    }
    const isRefused =
      error instanceof ProtocolError &&
      (error.code === ProtocolErrorCode.InvalidParams || error.code === ProtocolErrorCode.MethodNotFound);
    return new AiworkError('AIWORK_MCP_TOOL_FAILED', `${what} failed: ${message}`, {
      outcome: isRefused ? 'not-applied' : 'unknown',
    });
  }

  const closed = () =>
    new AiworkError('AIWORK_CLOSED', `the MCP server "${name}" was closed: make new tools to go on`, {
      outcome: 'not-applied',
    });

  const cancelled = ({ name: tool, signal }: ToolCall, outcome: 'not-applied' | 'unknown') =>
    new AiworkError('AIWORK_CANCELLED', `the call of "${tool}" of the MCP server "${name}" was cancelled`, {
      cause: signal.reason,
      outcome,
    });

  return {
    tools: () => listed,
    call: (given) => call(given),
    async connect(signal) {
      await unlessAborted(reach(), signal);
    },
    async close() {
      closing.abort(closed());
      const opened = await current?.catch(() => undefined);
      current = undefined;
      await opened?.close();
    },
  };
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Whether it was the connection that failed, and not the call. */
function isLost(error: unknown): boolean {
  if (error instanceof ProtocolError) return false;
  if (error instanceof SdkHttpError) return isForgotten(error) || error.status === 429 || error.status >= 500;
  return !(error instanceof SdkError) || lostCodes.has(error.code);
}

const lostCodes: ReadonlySet<string> = new Set([
  SdkErrorCode.ConnectionClosed,
  SdkErrorCode.NotConnected,
  SdkErrorCode.SendFailed,
]);

const isForgotten = (error: unknown) => error instanceof SdkHttpError && error.status === 404;
