import type { AnyAdapter } from './any-adapter.ts';
import type { ContractRun } from './contract-run.ts';
import type { HeldService, ServiceSource } from './service.ts';

interface SharedServices<A extends AnyAdapter> {
  readonly runs: readonly ContractRun<A>[];
  /** Lets the services go. */
  release(): Promise<void>;
}

/** Keeps each service up from the first run that needs it until `release()`, so that it starts once for all of them. */
export function shareServices<A extends AnyAdapter>(
  runs: ContractRun<A> | readonly ContractRun<A>[],
): SharedServices<A> {
  const kept = new Map<ServiceSource, Promise<HeldService | undefined>>();
  const keep = (service: ServiceSource) => {
    // One that cannot be had is what the run itself will say.
    if (!kept.has(service))
      kept.set(
        service,
        service.hold().catch(() => undefined),
      );
  };
  return {
    runs: [runs].flat().map((run: ContractRun<A>) => ({
      ...run,
      subject() {
        if (run.service) keep(run.service);
        return run.subject();
      },
    })),
    async release() {
      for (const held of kept.values()) await (await held)?.release();
      kept.clear();
    },
  };
}
