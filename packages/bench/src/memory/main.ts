import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { show } from '../show.ts';
import { terminalText } from '../terminal-text.ts';
import { benchMemory, fullMemoryBench, type MemoryBench } from './bench-memory.ts';

const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } });
if (values.only === undefined) await show(await benchMemory());
else process.stdout.write(await textOf(partsNamed(values.only)));

function partsNamed(names: readonly string[]): MemoryBench {
  const unknown = names.find((name) => !(name in fullMemoryBench));
  if (unknown !== undefined) {
    const known = Object.keys(fullMemoryBench).join(', ');
    throw new Error(
      `there is no part ${JSON.stringify(unknown)} of bench:memory: use --only with one of ${known}`,
    );
  }
  return Object.fromEntries(Object.entries(fullMemoryBench).filter(([name]) => names.includes(name)));
}

/** Some parts are printed, and do not take the place of all of them in the committed results. */
async function textOf(parts: MemoryBench): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-memory-'));
  try {
    return terminalText(await benchMemory(parts, folder));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
