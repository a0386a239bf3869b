import { show } from '../show.ts';
import { benchKafka } from './bench-kafka.ts';

await show(await benchKafka());
