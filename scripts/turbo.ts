// Runs turbo with its telemetry off: `node scripts/turbo.ts run build`.
import { command } from './command.ts';

const { ok } = await command('turbo', process.argv.slice(2), { output: 'show' });
process.exitCode = ok ? 0 : 1;
