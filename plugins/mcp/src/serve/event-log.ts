import type { EventStore, JSONRPCMessage } from '@modelcontextprotocol/server';

interface Entry {
  readonly stream: string;
  readonly message: JSONRPCMessage;
  readonly bytes: number;
}

/** What a session has sent lately: a client whose connection broke is told again what it missed. */
export function eventLog(maxBytes: number): EventStore {
  const entries = new Map<string, Entry>();
  let count = 0;
  let bytes = 0;
  return {
    storeEvent(stream, message) {
      count += 1;
      const id = String(count);
      const entry = { stream, message, bytes: JSON.stringify(message).length };
      entries.set(id, entry);
      bytes += entry.bytes;
      for (const [oldest, { bytes: freed }] of entries) {
        if (bytes <= maxBytes || oldest === id) break;
        entries.delete(oldest);
        bytes -= freed;
      }
      return Promise.resolve(id);
    },
    getStreamIdForEventId: (id) => Promise.resolve(entries.get(id)?.stream),
    async replayEventsAfter(lastId, { send }) {
      const last = entries.get(lastId);
      if (!last) throw new Error('what came after that event is not known any more');
      for (const [id, { stream, message }] of entries) {
        if (Number(id) > Number(lastId) && stream === last.stream) await send(id, message);
      }
      return last.stream;
    },
  };
}
