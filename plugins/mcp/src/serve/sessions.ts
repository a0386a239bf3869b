import { randomUUID } from 'node:crypto';
import { type Server, WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server';
import { eventLog } from './event-log.ts';

/** What a client that opens sessions has here: until it ends it, or is not heard of for long. */
export interface Session {
  readonly transport: WebStandardStreamableHTTPServerTransport;
  /** Whose it is. Nobody else has it, whoever knows its id. */
  readonly ownerTag: string | undefined;
}

export interface Sessions {
  /** Of this id and owner. */
  find(id: string, ownerTag: string | undefined): Session | undefined;
  /** A new one; nothing when all there may be are at work. */
  open(ownerTag: string | undefined): Promise<Session | undefined>;
  /** Keeps a session from expiring until the returned function is called. */
  hold(id: string): () => void;
  close(): Promise<void>;
}

export interface SessionsOptions {
  readonly newServer: () => Server;
  readonly maxSessions: number;
  /** How long one may be idle, in milliseconds. */
  readonly idleMs: number;
  readonly maxBodyBytes: number;
}

interface Kept extends Session {
  lastUsedAt: number;
  requests: number;
}

const replayBytes = 256 * 1024;

export function createSessions({ newServer, maxSessions, idleMs, maxBodyBytes }: SessionsOptions): Sessions {
  // The one that was used the longest time ago comes first.
  const sessions = new Map<string, Kept>();

  function touch(id: string, session: Kept): void {
    session.lastUsedAt = Date.now();
    sessions.delete(id);
    sessions.set(id, session);
  }

  async function end(id: string, session: Kept): Promise<void> {
    sessions.delete(id);
    await session.transport.close();
  }

  async function endIdle(): Promise<void> {
    const before = Date.now() - idleMs;
    for (const [id, session] of sessions) {
      if (session.requests === 0 && session.lastUsedAt <= before) await end(id, session);
    }
  }

  /** The idlest session of who wants another, or else of who has most, if that is more: nobody drives others out. */
  function placeFor(ownerTag: string | undefined): [string, Kept] | undefined {
    const idle = [...sessions].filter(([, { requests }]) => requests === 0);
    const byOwner = Map.groupBy(sessions.values(), (session) => session.ownerTag);
    const countOf = (owner: string | undefined) => byOwner.get(owner)?.length ?? 0;
    const own = idle.find(([, session]) => session.ownerTag === ownerTag);
    if (own) return own;
    const most = Math.max(...idle.map(([, session]) => countOf(session.ownerTag)));
    if (most <= countOf(ownerTag)) return undefined;
    return idle.find(([, session]) => countOf(session.ownerTag) === most);
  }

  const sweep = setInterval(() => void endIdle(), Math.max(10, idleMs / 4));
  sweep.unref();

  return {
    find(id, ownerTag) {
      const session = sessions.get(id);
      if (!session || session.ownerTag !== ownerTag) return undefined;
      touch(id, session);
      return session;
    },

    async open(ownerTag) {
      if (sessions.size >= maxSessions) {
        const given = placeFor(ownerTag);
        if (!given) return undefined;
        await end(...given);
      }
      const transport = new WebStandardStreamableHTTPServerTransport({
        sessionIdGenerator: randomUUID,
        onsessioninitialized: (id) => touch(id, session),
        onsessionclosed: (id) => void sessions.delete(id),
        eventStore: eventLog(replayBytes),
        maxRequestBodySize: maxBodyBytes,
      });
      const session: Kept = { transport, ownerTag, lastUsedAt: Date.now(), requests: 0 };
      await newServer().connect(transport);
      return session;
    },

    hold(id) {
      const session = sessions.get(id);
      if (!session) return () => {};
      session.requests += 1;
      let isHeld = true;
      return () => {
        if (!isHeld) return;
        isHeld = false;
        session.requests -= 1;
        if (sessions.has(id)) touch(id, session);
      };
    },

    async close() {
      clearInterval(sweep);
      for (const [id, session] of sessions) await end(id, session);
    },
  };
}
