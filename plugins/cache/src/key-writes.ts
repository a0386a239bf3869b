/** Keeps what is read of a key from taking the place of what is written meanwhile. */
export interface KeyWrites {
  /** Does `work`, which writes the key, once what `keep` began is over. */
  write<T>(key: string, work: () => Promise<T>): Promise<T>;
  /** Reads by `read`, and does `keep` with it unless the key was written in between. */
  read<T>(key: string, read: () => Promise<T>, keep: (value: T) => Promise<void>): Promise<T>;
}

interface KeyState {
  /** Reads and writes at work. */
  users: number;
  writers: number;
  writes: number;
  keeping: Promise<unknown>;
}

export function keyWrites(): KeyWrites {
  const states = new Map<string, KeyState>();

  async function using<T>(key: string, work: (state: KeyState) => Promise<T>): Promise<T> {
    const state = states.get(key) ?? { users: 0, writers: 0, writes: 0, keeping: Promise.resolve() };
    states.set(key, state);
    state.users += 1;
    try {
      return await work(state);
    } finally {
      state.users -= 1;
      if (state.users === 0) states.delete(key);
    }
  }

  return {
    write: (key, work) =>
      using(key, async (state) => {
        state.writers += 1;
        state.writes += 1;
        try {
          await state.keeping;
          return await work();
        } finally {
          state.writers -= 1;
        }
      }),
    read: (key, read, keep) =>
      using(key, async (state) => {
        const { writes } = state;
        const isBetween = state.writers > 0;
        const value = await read();
        if (!isBetween && state.writes === writes) {
          const keeping = Promise.all([state.keeping, keep(value)]);
          // Who writes waits for it, whether or not it succeeds.
          state.keeping = keeping.catch(() => {});
          await keeping;
        }
        return value;
      }),
  };
}
