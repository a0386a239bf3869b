// `pnpm test`: every test and every gate, then one closing line.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { declaredTypesGate } from './declared-types.ts';
import { close, runGates } from './gate.ts';
import { serviceGate } from './service-gate.ts';
import { buildGate, sourceGates } from './source-gates.ts';
import { tarballGates } from './tarball-gates.ts';
import { testGates } from './test-gate.ts';

const folder = await mkdtemp(join(tmpdir(), 'aiwork-gates-'));
try {
  close(
    await runGates([
      ...sourceGates,
      buildGate,
      declaredTypesGate,
      serviceGate,
      ...testGates,
      ...tarballGates(folder),
    ]),
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
