import { redisStorage } from '@aiwork/redis';
import { type StateSubject, value } from '../state-subject.ts';

export const subject: StateSubject = {
  async connect(url) {
    const { stateStore } = await redisStorage({ url, namespace: 'bench' });
    return {
      async get(key) {
        const entry = await stateStore.get(key);
        if (!entry) throw new Error(`${key} is not there`);
      },
      set: (key) => stateStore.set(key, value),
    };
  },
};
