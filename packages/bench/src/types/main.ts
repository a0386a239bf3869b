import { show } from '../show.ts';
import { benchTypes } from './bench-types.ts';

await show(await benchTypes());
