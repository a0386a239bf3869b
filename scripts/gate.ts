import { command, inTheBackground } from './command.ts';

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface Verdict {
  readonly status: 'passed' | 'failed' | 'skipped';
  /** What is worth reading whatever the status: a measured figure, the reason of a skip, the tests that failed. */
  readonly note?: string | undefined;
  /** A note of what passed that is to be read at the end, too. */
  readonly worthRepeating?: boolean | undefined;
  /** What to read when it failed. */
  readonly output?: string | undefined;
  /** Counted besides the gate itself: the tests it ran. */
  readonly tests?: Tally | undefined;
}

export interface Gate {
  readonly name: string;
  readonly run: () => Promise<Verdict>;
  /**
   * Set for what computes and waits for no answer in time: it runs once these gates ran, beside the ones that follow, with
   * the processor time that they leave. One such gate runs at a time.
   */
  readonly besideAfter?: readonly Gate[];
}

/** A gate that passes when its command exits with 0. */
export function commandGate(
  name: string,
  file: string,
  args: readonly string[],
  when: Pick<Gate, 'besideAfter'> = {},
): Gate {
  return {
    ...when,
    name,
    run: async () => {
      const { ok, output } = await command(file, args);
      return { status: ok ? 'passed' : 'failed', output };
    },
  };
}

/** Runs every gate, whether or not an earlier one failed, and sums gates and tests. */
export async function runGates(gates: readonly Gate[]): Promise<Tally> {
  const tally = { passed: 0, failed: 0, skipped: 0 };
  const last: string[] = [];
  const over = new Map(gates.map((gate) => [gate, Promise.withResolvers<void>()]));
  const title = (gate: Gate) => console.log(`[${gates.indexOf(gate) + 1}/${gates.length}] ${gate.name}`);

  function tell({ gate, verdict, seconds }: Outcome): void {
    tally[verdict.status] += 1;
    tally.passed += verdict.tests?.passed ?? 0;
    tally.failed += verdict.tests?.failed ?? 0;
    tally.skipped += verdict.tests?.skipped ?? 0;
    const note = verdict.note ? `: ${verdict.note}` : '';
    if (verdict.status === 'failed' && verdict.output) console.log(verdict.output.trimEnd());
    if (verdict.status !== 'passed' || verdict.worthRepeating)
      last.push(`${verdict.status.toUpperCase()}: ${gate.name}${note}`);
    console.log(`      ${verdict.status} in ${seconds.toFixed(1)} s${note}`);
  }

  const untold: Outcome[] = [];
  function tellOfThoseBeside(): void {
    for (const outcome of untold.splice(0)) {
      title(outcome.gate);
      tell(outcome);
    }
  }
  const beside = inTheBackground(async () => {
    for (const gate of gates) {
      if (gate.besideAfter === undefined) continue;
      await Promise.all(gate.besideAfter.map((each) => over.get(each)?.promise));
      untold.push(await outcomeOf(gate));
      over.get(gate)?.resolve();
    }
  });

  for (const gate of gates) {
    if (gate.besideAfter !== undefined) continue;
    title(gate);
    tell(await outcomeOf(gate));
    over.get(gate)?.resolve();
    tellOfThoseBeside();
  }
  await beside;
  tellOfThoseBeside();
  // What did not pass is said again at the end, where it is read.
  for (const line of last) console.log(line);
  return tally;
}

interface Outcome {
  readonly gate: Gate;
  readonly verdict: Verdict;
  readonly seconds: number;
}

async function outcomeOf(gate: Gate): Promise<Outcome> {
  const startedAt = performance.now();
  const verdict = await gate
    .run()
    .catch((error: unknown): Verdict => ({ status: 'failed', output: String(error) }));
  return { gate, verdict, seconds: (performance.now() - startedAt) / 1000 };
}

/** Prints the closing line and sets the exit code. */
export function close({ passed, failed, skipped }: Tally): void {
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = failed > 0 ? 1 : 0;
}
