import type { Redis } from 'ioredis';

/** Microseconds of processor time that a server has used since it started. */
export async function serverMicroseconds(redis: Redis): Promise<number> {
  const info = await redis.info('cpu');
  const seconds = (kind: string) => Number(new RegExp(`^used_cpu_${kind}:(.*?)\r?$`, 'm').exec(info)?.[1]);
  return (seconds('user') + seconds('sys')) * 1_000_000;
}
