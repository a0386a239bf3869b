import type { StateStore, StateStoreCapabilities } from '@aiwork/core';
import { inClients, type Saboteur } from '../saboteur.ts';

const declaring = (changes: Partial<StateStoreCapabilities>) =>
  inClients<StateStore>(({ capabilities }) => ({
    capabilities: Object.freeze({ ...capabilities, ...changes }),
  }));

const cut = (text: string, bytes: number) => Buffer.from(text).subarray(0, bytes).toString();

export const capabilitySaboteurs: readonly Saboteur<StateStore>[] = [
  {
    id: 'ttl-declared-as-true',
    breaks: 'Declares a time to live without saying how exact it is',
    caughtBy: [
      {
        check: 'state-store.capabilities.declared',
        message: 'ttl to be false or to carry granularityMs and maxLateMs',
      },
    ],
    sabotage: declaring({ ttl: true as never }),
  },
  {
    id: 'capabilities-not-frozen',
    breaks: 'Gives capabilities that anybody may change',
    caughtBy: [{ check: 'state-store.capabilities.frozen', message: 'capabilities to be frozen in depth' }],
    sabotage: inClients(({ capabilities }) => ({ capabilities: { ...capabilities } })),
  },
  {
    id: 'understates-compare-and-set',
    breaks: 'Declares no compare-and-set and does something about it nevertheless',
    caughtBy: [
      {
        check: 'state-store.capabilities.refuses-compare-and-set',
        message: 'set() with ifVersion null to be refused with AIWORK_UNSUPPORTED_CAPABILITY',
      },
    ],
    sabotage: declaring({ compareAndSet: false }),
  },
  {
    id: 'understates-ttl',
    breaks: 'Declares no time to live and takes one',
    caughtBy: [
      {
        check: 'state-store.capabilities.refuses-ttl',
        message: 'set() with ttlMs to be refused with AIWORK_UNSUPPORTED_CAPABILITY',
      },
    ],
    sabotage: declaring({ ttl: false }),
  },
  {
    id: 'understates-list',
    breaks: 'Declares no listing and gives an empty one',
    caughtBy: [
      {
        check: 'state-store.capabilities.refuses-list',
        message: 'keys() to be refused with AIWORK_UNSUPPORTED_CAPABILITY',
      },
    ],
    sabotage: (subject) =>
      inClients<StateStore>(() => ({ async *keys() {} }))(declaring({ list: false })(subject)),
  },
  {
    id: 'cuts-keys',
    breaks: 'Cuts keys off at the limit',
    caughtBy: [
      { check: 'state-store.limits.key-bytes', message: 'set() of a key of 2049 bytes to be refused' },
    ],
    sabotage: inClients((store) => {
      const fit = (key: string) => (typeof key === 'string' ? cut(key, store.capabilities.maxKeyBytes) : key);
      return {
        get: (key, options) => store.get(fit(key), options),
        set: (key, value, options) => store.set(fit(key), value, options),
      };
    }),
  },
  {
    id: 'cuts-values',
    breaks: 'Cuts strings off at the limit',
    caughtBy: [
      { check: 'state-store.limits.value-bytes', message: 'set() of a value of 4097 bytes to be refused' },
    ],
    sabotage: inClients((store) => ({
      set: (key, value, options) =>
        store.set(
          key,
          typeof value === 'string' ? cut(value, store.capabilities.maxValueBytes - 2) : value,
          options,
        ),
    })),
  },
  {
    id: 'overstates-value-limit',
    breaks: 'Declares a byte more than it takes',
    caughtBy: [{ check: 'state-store.limits.value-bytes', message: 'AIWORK_LIMIT_EXCEEDED' }],
    sabotage: declaring({ maxValueBytes: 4097 }),
  },
  {
    id: 'no-limit-for-deletes',
    breaks: 'Looks for keys that are too long, and finds none',
    caughtBy: [
      { check: 'state-store.limits.key-bytes', message: 'delete() of a key of 2049 bytes to be refused' },
    ],
    sabotage: inClients((store) => ({
      delete: async (key, options) =>
        Buffer.byteLength(key) > store.capabilities.maxKeyBytes ? false : store.delete(key, options),
    })),
  },
  {
    id: 'learns-what-it-can',
    breaks: 'Finds out what it can do when it is used',
    caughtBy: [{ check: 'state-store.capabilities.frozen', message: 'the capabilities after a write to be' }],
    sabotage: (subject) => ({
      ...subject,
      async open(options) {
        const store = await subject.open(options);
        let { capabilities } = store;
        return {
          ...store,
          get capabilities() {
            return capabilities;
          },
          set(key, value, setOptions) {
            capabilities = Object.freeze({ ...capabilities, compareAndSet: false });
            return store.set(key, value, setOptions);
          },
        };
      },
    }),
  },
];
