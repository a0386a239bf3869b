import { beforeAll, describe, expect, it } from 'vitest';
import { checkTypes } from './check-types.ts';
import { examplesIn, type Program, programsIn, proseFiles, sourceFiles } from './programs.ts';
import { type Outcome, runPrograms } from './run-programs.ts';

const sets = [
  ...proseFiles.map((file) => ({ file, programs: programsIn(file) })),
  ...sourceFiles.map((file) => ({ file, programs: examplesIn(file) })),
].filter(({ programs }) => programs.length > 0);
const programs = sets.flatMap((set) => set.programs);
const runnableSets = sets
  .map((set) => ({ ...set, programs: set.programs.filter((program) => program.noRun === undefined) }))
  .filter((set) => set.programs.length > 0);

const nameOf = (program: Program) => `${program.place.replace(/[^\w]/g, '-')}.ts`;

describe('the code in the documentation', () => {
  let problems: ReadonlyMap<string, readonly string[]>;
  beforeAll(() => {
    problems = checkTypes(programs.map((program) => ({ name: nameOf(program), code: program.code })));
  }, 120_000);

  it.each(programs)('type-checks: $place', (program) => {
    expect(problems.get(nameOf(program))).toEqual([]);
  });

  describe.each(runnableSets)('$file', ({ programs: runnable }) => {
    const outcomes = new Map<Program, Outcome | undefined>();
    beforeAll(async () => {
      const all = await runPrograms(runnable);
      for (const [i, program] of runnable.entries()) outcomes.set(program, all[i]);
    }, 150_000);

    it.each(runnable)('does what it says: $place', (program) => {
      const { printed, error } = outcomes.get(program) ?? { printed: '', error: 'it did not run' };
      expect(error).toBeUndefined();
      const { lines, all } = program.expected;
      const printedLines = printed.trimEnd().split('\n').map(squeeze);
      const wanted = lines.map(squeeze);
      if (all) expect(printedLines).toEqual(wanted);
      else expect(inOrder(wanted, printedLines), printed).toEqual(wanted);
    });
  });
});

/** People space lists and objects as they like. */
const squeeze = (line: string) => line.replaceAll(/\s+/g, '');

/** Those of `wanted` that are among `lines`, looked for in order. */
function inOrder(wanted: readonly string[], lines: readonly string[]): readonly string[] {
  let at = 0;
  return wanted.filter((line) => {
    const found = lines.indexOf(line, at);
    if (found >= 0) at = found + 1;
    return found >= 0;
  });
}
