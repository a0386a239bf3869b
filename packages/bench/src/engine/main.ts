import { show } from '../show.ts';
import { benchEngine } from './bench-engine.ts';

await show(await benchEngine());
