import { show } from '../show.ts';
import { benchRedis } from './bench-redis.ts';

await show(await benchRedis());
