import { show } from '../show.ts';
import { benchGuardrails } from './bench-guardrails.ts';
import { benchInjection } from './injection/bench-injection.ts';

await show(await benchGuardrails());
try {
  await show(await benchInjection());
} catch (error) {
  // The sets are fetched; the committed figures stay where they cannot be had.
  process.stderr.write(
    `signs of injection were not counted: ${error instanceof Error ? error.message : ''}\n`,
  );
  process.exitCode = 1;
}
