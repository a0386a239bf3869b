import { show } from '../show.ts';
import { benchFootprint } from './bench-footprint.ts';

await show(await benchFootprint());
