// `pnpm check`: what the sources alone can tell, in seconds.
import { close, runGates } from './gate.ts';
import { sourceGates } from './source-gates.ts';

close(await runGates(sourceGates));
