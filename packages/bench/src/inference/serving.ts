import { type Isolated, isolate } from '../isolated/isolate.ts';
import { median, percentile } from '../measure.ts';
import { atLeast, atMost, type Findings, type Row, type Target } from '../report.ts';
import { openService, type Service, type ServiceKind, servedByPyTorch } from './services.ts';
import { repeatedTexts, shortTexts } from './short-texts.ts';

type RequestsProcess = typeof import('./requests-process.ts');
type Clients = Isolated<RequestsProcess>;

export interface Requests {
  /** Requests of one text that was never seen, one after the other. */
  readonly single: number;
  /** Requests of the mix, 32 at once. */
  readonly mixed: number;
  /** How many different texts the mix is of. */
  readonly different: number;
  /** Longest time of either, for those who take long for a request. */
  readonly forMs: number;
}

interface ServiceFigures {
  readonly p50: number;
  readonly bytes: number;
  readonly rows: readonly Row[];
  /** Of who has a name that is measured against the aims. */
  readonly targets: readonly Target[];
}

const start = 'a service';
const one = 'one text that was never seen, through HTTP';
const mix = 'a mix of requests of one text, 32 at once';

/** Services, from their start to their memory after all requests, one at a time. The first one's figures have aims. */
export async function serving(kinds: readonly ServiceKind[], requests: Requests): Promise<Findings> {
  const clients = await isolate<RequestsProcess>(new URL('./requests-process.ts', import.meta.url));
  try {
    const all = new Map<string, ServiceFigures>();
    for (const kind of kinds) {
      const service = await openService(kind);
      try {
        all.set(kind.name, await figuresOf(service, clients, requests));
      } finally {
        await service.close();
      }
    }
    const [ours] = all.values();
    const theirs = all.get(servedByPyTorch);
    return {
      rows: [...all.values()].flatMap(({ rows }) => rows),
      targets: [
        ...(ours?.targets ?? []),
        ...(ours && theirs
          ? [
              atLeast(one, 'p50 of PyTorch against ours', theirs.p50 / ours.p50, 2),
              atLeast(start, 'memory of PyTorch against ours', theirs.bytes / ours.bytes, 10),
            ]
          : []),
      ],
    };
  } finally {
    await clients.close();
  }
}

async function figuresOf(
  service: Service,
  clients: Clients,
  { single, mixed, different, forMs }: Requests,
): Promise<ServiceFigures> {
  const { name: subject, url, firstVectorMs } = service;
  await clients.call('ask', url, shortTexts(50, 1), { atOnce: 1, forMs });
  const { times } = await clients.call('ask', url, shortTexts(single, 2), { atOnce: 1, forMs });
  const [p50, p99] = [median(times), percentile(times, 0.99)];

  const hitsBefore = await cacheHits(url);
  const texts = repeatedTexts(mixed, different, 3);
  const mixture = await clients.call('ask', url, texts, { atOnce: 32, forMs });
  const hits = (await cacheHits(url)) - hitsBefore;
  const bytes = await service.residentBytes();
  return {
    p50,
    bytes,
    rows: [
      { work: start, subject, metric: 'start to first vector', value: firstVectorMs, unit: 'ms' },
      { work: start, subject, metric: 'memory after all requests', value: bytes / 1e6, unit: 'MB' },
      { work: one, subject, metric: 'p50', value: p50, unit: 'ms' },
      { work: one, subject, metric: 'p99', value: p99, unit: 'ms' },
      { work: mix, subject, metric: 'requests a second', value: mixture.perSecond, unit: '' },
      {
        work: mix,
        subject,
        metric: 'found in the cache',
        value: (100 * hits) / mixture.times.length,
        unit: '%',
      },
      { work: mix, subject, metric: 'p50', value: median(mixture.times), unit: 'ms' },
      { work: mix, subject, metric: 'p99', value: percentile(mixture.times, 0.99), unit: 'ms' },
    ],
    targets: [
      atMost(one, 'p50', p50, 5, 'ms'),
      atMost(one, 'p99', p99, 15, 'ms'),
      atLeast(mix, 'requests a second', mixture.perSecond, 2000, ''),
      atMost(start, 'memory after all requests', bytes / 1e6, 200, 'MB'),
    ],
  };
}

/** Texts whose vectors a service had, by its metrics; none, where it has no such thing. */
async function cacheHits(url: string): Promise<number> {
  const answer = await fetch(`${url}/metrics`);
  const [, hits = '0'] = /^embedding_cache_hits_total\{.*\} (\d+)/m.exec(await answer.text()) ?? [];
  return Number(hits);
}
