import { Redis } from 'ioredis';

/** What work gave, with the microseconds of processor time that the server used for it. */
export interface WithServerTime<T> {
  readonly result: T;
  readonly serverMicroseconds: number;
}

/** What a server's processor does meanwhile. */
export interface ServerTime extends Disposable {
  during<T>(work: () => Promise<T>): Promise<WithServerTime<T>>;
}

export function serverTime(url: string): ServerTime {
  const redis = new Redis(url);
  async function used(): Promise<number> {
    const info = await redis.info('cpu');
    const seconds = (kind: string) => Number(new RegExp(`^used_cpu_${kind}:(.*?)\r?$`, 'm').exec(info)?.[1]);
    return (seconds('user') + seconds('sys')) * 1_000_000;
  }
  return {
    async during(work) {
      const before = await used();
      const result = await work();
      return { result, serverMicroseconds: (await used()) - before };
    },
    [Symbol.dispose]: () => redis.disconnect(),
  };
}
