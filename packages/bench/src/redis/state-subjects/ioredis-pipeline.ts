import { Redis } from 'ioredis';
import { type StateSubject, text } from '../state-subject.ts';
import { subject as single } from './ioredis.ts';

/** The same, with a pipeline for what is asked at once. */
export const subject: StateSubject = {
  async connect(url) {
    const redis = new Redis(url, { keyPrefix: 'ioredis:' });
    return {
      ...(await single.connect(url)),
      async many(operation, keys) {
        const pipeline = redis.pipeline();
        for (const key of keys) {
          if (operation === 'get') pipeline.get(key);
          else pipeline.set(key, text);
        }
        const replies = (await pipeline.exec()) ?? [];
        if (replies.length !== keys.length || replies.some(([error, reply]) => error || reply === null)) {
          throw new Error('not every command was answered');
        }
      },
    };
  },
};
