import { show } from '../show.ts';
import { benchResilience } from './bench-resilience.ts';

await show(await benchResilience());
