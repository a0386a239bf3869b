import { show } from '../show.ts';
import { benchMemory } from './bench-memory.ts';

await show(await benchMemory());
