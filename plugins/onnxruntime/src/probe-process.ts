// Runs in a process of its own: what a driver writes to the terminal, or dies of, is not the business of the caller.
// Asked for nothing it tells what this build of the engine knows; asked for a provider, whether the given model runs there.
import { once } from 'node:events';
import { env, InferenceSession, listSupportedBackends, Tensor } from 'onnxruntime-node';

/** What it is asked: `negation` is a model that negates the tensor `x` of one float into `y`. */
export interface Probe {
  readonly provider?: string;
  readonly negation: Uint8Array;
}

/** What it answers: names of providers, or whether the one that was asked for works. */
export type ProbeAnswer = readonly string[] | boolean;

async function works(provider: string, negation: Uint8Array): Promise<boolean> {
  const session = await InferenceSession.create(negation, {
    executionProviders: [provider],
    logSeverityLevel: 4,
    extra: { session: { disable_cpu_ep_fallback: '1' } },
  });
  const { y } = await session.run({ x: new Tensor('float32', Float32Array.of(1), [1]) });
  return y?.data[0] === -1;
}

env.logLevel = 'fatal';
const [{ provider, negation }] = (await once(process, 'message')) as [Probe];
const answer: ProbeAnswer =
  provider === undefined
    ? listSupportedBackends().map(({ name }) => name)
    : await works(provider, negation).catch(() => false);
process.send?.(answer, () => process.exit());
