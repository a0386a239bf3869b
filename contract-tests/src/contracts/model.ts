import fc, { type AsyncCommand } from 'fast-check';
import { show, Violation } from '../engine/violation.ts';

interface ModelRun<Model extends object, Real> {
  readonly commands: readonly fc.Arbitrary<AsyncCommand<Model, Real>>[];
  readonly seed: number;
  readonly runs: number;
  /** An empty model and a subject that is as empty. */
  setup(): Promise<{ readonly model: Model; readonly real: Real }>;
  /** What has to hold after each sequence. */
  finish?(model: Model, real: Real): Promise<void>;
}

/**
 * Does seeded sequences of commands on a subject and on its model, and shrinks the first sequence after which they
 * differ to a short one.
 *
 * @throws Violation naming that sequence.
 */
export async function runModel<Model extends object, Real>(run: ModelRun<Model, Real>): Promise<void> {
  const sequences = fc.commands([...run.commands], { maxCommands: 25, size: 'max' });
  const property = fc.asyncProperty(sequences, async (sequence) => {
    const { model, real } = await run.setup();
    await fc.asyncModelRun(() => ({ model, real }), sequence);
    await run.finish?.(model, real);
  });
  const { failed, counterexample, errorInstance } = await fc.check(property, {
    seed: run.seed,
    numRuns: run.runs,
    interruptAfterTimeLimit: 20_000,
    markInterruptAsFailure: false,
  });
  if (!failed) return;
  const sequence = String(counterexample?.[0] ?? 'no calls').replace(/\s*\/\*.*\*\/$/, '');
  const [expected, seen] =
    errorInstance instanceof Violation
      ? [errorInstance.expected, errorInstance.seen]
      : ['every call to succeed', show(errorInstance)];
  throw new Violation(sequence === '' ? expected : `after ${sequence}, ${expected}`, seen);
}
