// Holds a Redis until it is killed. Says where the server is, and which session its container belongs to.
import { session } from '../src/services/containers/owner.ts';
import { redisService } from '../src/services/index.ts';

const { service } = await redisService({ appendfsync: 'no' }).hold();
process.send?.({ session, url: service.url });
setInterval(() => {}, 60_000);
