import type { MetricsSource } from './metrics-route.ts';

/** All metrics of all sources, in the format of the first. Nothing where there is none. */
export function joinMetrics(sources: readonly MetricsSource[]): MetricsSource | undefined {
  const [first] = sources;
  if (!first || sources.length === 1) return first;
  return {
    async scrape() {
      const scrapes = await Promise.all(sources.map((source) => source.scrape()));
      const contentType = scrapes[0]?.contentType ?? '';
      return {
        contentType,
        body: scrapes
          .map(({ body }) => body.trimEnd())
          .join('\n')
          .concat('\n'),
      };
    },
  };
}
