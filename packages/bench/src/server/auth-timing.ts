import { apiKeys, newApiKey } from '@aiwork/server';
import { median } from '../measure.ts';
import { atMost, type Findings } from '../report.ts';

export interface AuthTimingEffort {
  readonly samples: number;
}

/** In percent: of some microseconds, which is far below what can be told apart over a network. */
const limit = 3;

const perSample = 50;

/**
 * Whether the time in which a key is refused says how near it is to one that is known. Keys of both kinds come in an order
 * by chance, and each is asked about many times in a sample, since one refusal is shorter than the clock is exact.
 */
export async function authTiming({ samples }: AuthTimingEffort): Promise<Findings> {
  const { key, hash } = newApiKey();
  const known = apiKeys([
    { id: 'ada', scopes: ['*:*'], hash },
    ...Array.from({ length: 50 }, (_, i) => ({ id: `p${i}`, scopes: ['*:*'], hash: newApiKey().hash })),
  ]);
  // Keys of both kinds are made in the same way, from one that is known and one that is not.
  const beginnings = [key, newApiKey().key].map((each) => each.slice(0, -2)) as [string, string];
  const made = (beginning: string) => Buffer.from(beginning + newApiKey().key.slice(-2)).toString('latin1');
  const times: [number[], number[]] = [[], []];
  for (let i = 0; i < samples; i += 1) {
    const kind = Math.random() < 0.5 ? 0 : 1;
    const keys = Array.from({ length: perSample }, () => made(beginnings[kind]));
    const begin = process.hrtime.bigint();
    for (const each of keys) await known.authenticate(each);
    times[kind].push(Number(process.hrtime.bigint() - begin) / perSample);
  }
  // What the machine did besides is in the slowest of them.
  const [ofKnown, ofUnknown] = times.map(withoutSlowest) as [number[], number[]];
  const percent = (100 * Math.abs(median(ofKnown) - median(ofUnknown))) / median(ofUnknown);
  const work = 'refusing an API key';
  const unit = 'ns';
  return {
    rows: [
      {
        work,
        subject: 'that begins as a known one does',
        metric: 'median',
        value: median(ofKnown),
        unit,
      },
      { work, subject: 'that begins as none does', metric: 'median', value: median(ofUnknown), unit },
    ],
    targets: [atMost(work, 'difference of the two medians', percent, limit, '%')],
  };
}

function withoutSlowest(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b).slice(0, Math.ceil(values.length * 0.9));
}
