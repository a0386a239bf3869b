import { show } from '../show.ts';
import { benchInference } from './bench-inference.ts';

await show(await benchInference());
