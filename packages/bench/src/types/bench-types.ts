import { type Isolated, isolate } from '../isolated/isolate.ts';
import { packageVersions } from '../package-version.ts';
import { atMost, type Findings, joined, type Report, type Row, report, type Target } from '../report.ts';
import { aiworkCalls, aiworkInferred, aiworkSteps, type Generated, langgraph, mastra } from './generate.ts';

export interface TypesBench {
  /** Steps of the generated flows, smallest first. */
  readonly sizes: readonly number[];
  /** Also what is there to compare with. */
  readonly withOthers: boolean;
}

const full: TypesBench = { sizes: [50, 100, 200, 400], withOthers: true };

const notes = [
  'Instantiations a step are those of the flow of so many steps less those of the same flow with one step, by the TypeScript compiler; check time is of the module alone, in a compiler that has checked smaller ones before, as that of an editor has.',
];

type Check = typeof import('./check.ts');

/** What the types of a flow cost the compiler. */
export async function benchTypes(bench: TypesBench = full, folder?: string): Promise<Report> {
  const versions = packageVersions([
    'typescript',
    '@aiwork/core',
    ...(bench.withOthers ? ['@mastra/core', '@langchain/langgraph'] : []),
  ]);
  return report(
    'types',
    versions,
    async () => {
      const own = [aiworkSteps, aiworkCalls];
      const others = bench.withOthers ? [aiworkInferred, mastra, langgraph] : [];
      const compiler = await isolate<Check>(new URL('./check.ts', import.meta.url));
      try {
        const parts: Findings[] = [];
        for (const generated of [...own, ...others])
          parts.push(await measure(compiler, generated, bench.sizes, own.includes(generated)));
        return joined(parts, notes);
      } finally {
        await compiler.close();
      }
    },
    folder,
  );
}

/** Checks one kind of flow at all sizes. */
async function measure(
  compiler: Isolated<Check>,
  generated: Generated,
  sizes: readonly number[],
  isRequired: boolean,
): Promise<Findings> {
  const { name: subject } = generated;
  const rows: Row[] = [];
  const perStep: number[] = [];
  const base = await compiler.call('check', generated.source(0));
  if (base.errors.length > 0) throw new Error(`${subject}: ${base.errors[0]}`);
  for (const steps of sizes) {
    const { instantiations, checkMs, errors } = await compiler.call('check', generated.source(steps));
    if (errors.length > 0) {
      const why = `a chain of ${steps} does not type-check: ${errors[0]}`;
      if (isRequired) throw new Error(`${subject}: ${why}`);
      return { rows, targets: [], skipped: [{ subject, why }] };
    }
    const common = { work: `types of ${steps} steps`, subject };
    const figure = (instantiations - base.instantiations) / steps;
    perStep.push(figure);
    rows.push(
      { ...common, metric: 'instantiations a step', value: figure, unit: '' },
      { ...common, metric: 'check time', value: checkMs, unit: 'ms' },
    );
  }
  return { rows, targets: isRequired ? targetsOf(subject, sizes, perStep) : [] };
}

function targetsOf(subject: string, sizes: readonly number[], perStep: readonly number[]): Target[] {
  const [first = Number.NaN] = perStep;
  const last = perStep.at(-1) ?? Number.NaN;
  return [
    atMost(subject, 'instantiations a step, most', Math.max(...perStep), 100, ''),
    atMost(subject, `instantiations a step, ${sizes.at(-1)} against ${sizes[0]} steps`, last / first, 1.1),
  ];
}
