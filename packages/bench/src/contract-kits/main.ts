import { show } from '../show.ts';
import { benchKits } from './bench-kits.ts';

await show(await benchKits());
