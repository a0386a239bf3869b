import KeyvRedis from '@keyv/redis';
import Keyv from 'keyv';
import { type StateSubject, value } from '../state-subject.ts';

export const subject: StateSubject = {
  async connect(url) {
    const keyv = new Keyv(new KeyvRedis(url, { throwOnErrors: true }), { namespace: 'keyv' });
    keyv.throwOnErrors = true;
    return {
      async get(key) {
        if ((await keyv.get(key)) === undefined) throw new Error(`${key} is not there`);
      },
      set: (key) => keyv.set(key, value),
    };
  },
};
