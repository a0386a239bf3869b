import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { AiworkError } from '@aiwork/core';
import { abortedWhile, checkSignal, invalidArgument, untilAborted } from '@aiwork/core/adapter-kit';
import { Client, type ClientConfig, Pool, type PoolClient } from 'pg';
import { countOption, type PostgresConnectionOptions } from './options.ts';
import { isRefusal, refusedBy, replyLost, unreachable } from './postgres-errors.ts';
import { timeLimit } from './time-limit.ts';

/** A statement, and what stands for its parameters. */
export interface Statement {
  readonly text: string;
  readonly values?: readonly unknown[];
}

export interface Answer<Row> {
  readonly rows: readonly Row[];
  /** How many rows were read, written or deleted. */
  readonly count: number;
}

export interface Request {
  /** As errors name it. */
  readonly what: string;
  /** What only reads is asked again when its answer is lost. */
  readonly effect: 'reads' | 'writes';
  readonly signal?: AbortSignal | undefined;
  /** Default `commandTimeoutMs`. */
  readonly timeoutMs?: number;
}

export type Ask = <Row = unknown>(statement: Statement) => Promise<Answer<Row>>;

/**
 * Connections to one PostgreSQL. Every call ends by its deadline, with `AiworkError`s that carry an `outcome`:
 * `not-applied` when it never left this process or the server refused it, `unknown` when it was sent and no answer came.
 */
export interface Database {
  /** Names the server in errors, without user name and password. */
  readonly where: string;
  /** One statement, which is applied whole or not at all. */
  ask<Row>(statement: Statement, request: Request): Promise<Answer<Row>>;
  /** Several statements, all or none of which are applied. */
  transaction<T>(work: (ask: Ask) => Promise<T>, request: Request): Promise<T>;
  /** Ends all connections. What is in flight is rejected, so wait for it before. */
  close(): Promise<void>;
}

const idleTimeoutMs = 30_000;
/** How long servers are given to say goodbye. */
const goodbyeMs = 200;
/** How often what only reads is asked, where its answers are lost, and how long after another. */
const attempts = 3;
const pauseMs = 20;

/**
 * Ends a statement whose connection was given up, which might else still be done long after. Servers before 14 do not have
 * it, and not on every system.
 */
const stopForNobody = `DO $$ BEGIN PERFORM set_config('client_connection_check_interval', '500', false);
  EXCEPTION WHEN OTHERS THEN NULL; END $$`;

/** Makes connections when they are needed, not now. `session` is what each of them begins with. */
export function openDatabase(options: PostgresConnectionOptions, session: readonly string[] = []): Database {
  const commandTimeoutMs = countOption(options.commandTimeoutMs, 'commandTimeoutMs', 30_000);
  const { url, where } = addressOf(options);
  const sockets = new Set<Socket>();
  const pool = new Pool({
    ...(url !== undefined && { connectionString: url }),
    ...(options.tls && { ssl: { ...options.tls } }),
    max: countOption(options.maxConnections, 'maxConnections', 10),
    Client: clientWithin(countOption(options.connectTimeoutMs, 'connectTimeoutMs', 5000)),
    idleTimeoutMillis: idleTimeoutMs,
    keepAlive: true,
    stream() {
      const socket = new Socket();
      sockets.add(socket);
      return socket.once('close', () => sockets.delete(socket));
    },
  });
  // Whoever asks next is told; without listeners, a connection that breaks while nobody asks would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const begin = [
    // Before the deadline of the call, so that it is told what became of it.
    `SET statement_timeout = ${Math.ceil(commandTimeoutMs * 0.9)}`,
    stopForNobody,
    ...session,
  ].join('; ');
  const begun = new WeakSet<PoolClient>();

  async function connect(what: string, signal: AbortSignal, outer: AbortSignal | undefined) {
    const connecting = pool.connect();
    try {
      const client = await untilAborted(connecting, signal);
      if (begun.has(client)) return client;
      await untilAborted(client.query(begin), signal);
      begun.add(client);
      return client;
    } catch (error) {
      // It may be there already, or come when nobody waits for it any more.
      connecting.then((client) => client.release(!begun.has(client))).catch(() => {});
      throw outer?.aborted
        ? abortedWhile(where, what, { outcome: 'not-applied', cause: outer.reason })
        : unreachable(where, error);
    }
  }

  /** Does `work` on a connection of its own, which is used again only if it ended in order. */
  async function onConnection<T>(request: Request, work: (client: PoolClient) => Promise<T>): Promise<T> {
    const { what, effect, signal: outer, timeoutMs = commandTimeoutMs } = request;
    checkSignal(outer);
    const limit = timeLimit(timeoutMs, outer);
    try {
      for (let attempt = 1; ; attempt += 1) {
        const client = await connect(what, limit.signal, outer);
        try {
          const result = await untilAborted(work(client), limit.signal);
          client.release();
          return result;
        } catch (error) {
          const isOver = AiworkError.isInstance(error) || isRefusal(error);
          client.release(!isOver);
          const mayRepeat = effect === 'reads' && attempt < attempts && !limit.signal.aborted;
          if (isOver || !mayRepeat) throw failure(request, error);
          await delay(pauseMs);
        }
      }
    } finally {
      limit.end();
    }
  }

  function failure({ what, effect, signal }: Request, error: unknown): AiworkError {
    if (AiworkError.isInstance(error)) return error;
    if (isRefusal(error)) return refusedBy(where, what, error);
    const outcome = effect === 'reads' ? 'not-applied' : 'unknown';
    if (signal?.aborted) return abortedWhile(where, what, { outcome, cause: signal.reason });
    return replyLost(where, what, outcome, error);
  }

  return {
    where,
    ask: (statement, request) => onConnection(request, (client) => send(client, statement)),
    transaction: (work, request) =>
      onConnection(request, async (client) => {
        await client.query('BEGIN');
        try {
          const result = await work((statement) => send(client, statement));
          await client.query('COMMIT');
          return result;
        } catch (error) {
          await client.query('ROLLBACK').catch(() => {});
          throw error;
        }
      }),
    async close() {
      const timer = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, goodbyeMs);
      await pool.end();
      clearTimeout(timer);
    },
  };
}

async function send<Row>(client: PoolClient, { text, values = [] }: Statement): Promise<Answer<Row>> {
  const { rows, rowCount } = await client.query(text, [...values]);
  return { rows, count: rowCount ?? 0 };
}

/**
 * A client that gives up connecting after a while. A pool with such a limit would let waiting for a free connection count,
 * too, and refuse what many ask at once.
 */
const clientWithin = (connectTimeoutMs: number) =>
  class extends Client {
    constructor(config?: ClientConfig) {
      super({ ...config, connectionTimeoutMillis: connectTimeoutMs });
    }
  };

interface ServerAddress {
  readonly url: string | undefined;
  readonly where: string;
}

/** What `pg` is given, and what may be told of it. */
function addressOf({ url, tls }: PostgresConnectionOptions): ServerAddress {
  if (url === undefined) {
    const { PGHOST = 'localhost', PGPORT = '5432' } = process.env;
    return { url, where: `PostgreSQL at ${PGHOST}:${PGPORT}` };
  }
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !['postgres:', 'postgresql:'].includes(parsed.protocol))
    throw invalidArgument('url is not one of PostgreSQL: write postgres://user:password@host:port/database');
  // `pg` would let it decide over `tls`.
  if (tls) parsed.searchParams.delete('sslmode');
  return {
    url: parsed.href,
    where: `PostgreSQL at ${parsed.hostname || 'localhost'}:${parsed.port || '5432'}`,
  };
}
