import { Redis } from 'ioredis';

/** What a server's processor does meanwhile. */
export interface ServerTime extends Disposable {
  /** What `work` gave, with the microseconds of processor time that the server used for it. */
  during<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly serverMicroseconds: number }>;
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
