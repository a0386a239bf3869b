import { show } from '../show.ts';
import { benchGuardrails } from './bench-guardrails.ts';

await show(await benchGuardrails());
