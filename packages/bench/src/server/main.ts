import { show } from '../show.ts';
import { benchServer } from './bench-server.ts';

await show(await benchServer());
