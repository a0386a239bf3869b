/** A client of a key-value store in Redis. */
export interface StateClient {
  /** Rejects unless the key has a value. */
  get(key: string): Promise<unknown>;
  set(key: string): Promise<unknown>;
  /** Many at once, where the client has another way for them than calling without waiting. */
  many?(operation: 'get' | 'set', keys: readonly string[]): Promise<unknown>;
}

export interface StateSubject {
  connect(url: string): Promise<StateClient>;
}

/** What is stored under every key. */
export const value = {
  id: 'a3b1c5d7-session-of-somebody',
  user: { name: 'Ada Lovelace', roles: ['reader', 'writer'], locale: 'en-GB' },
  counts: [12, 7, 3, 0, 41],
  note: 'A value as agents keep it: some fields, some text, a list.',
  done: false,
};

/** The same as the bytes that a client without any opinion stores. */
export const text = JSON.stringify(value);
