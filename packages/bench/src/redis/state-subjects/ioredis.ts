import { Redis } from 'ioredis';
import { type StateSubject, text } from '../state-subject.ts';

/** Strings as they are: no JSON, no versions, no index of keys. */
export const subject: StateSubject = {
  async connect(url) {
    const redis = new Redis(url, { keyPrefix: 'ioredis:' });
    return {
      async get(key) {
        if ((await redis.get(key)) === null) throw new Error(`${key} is not there`);
      },
      set: (key) => redis.set(key, text),
    };
  },
};
