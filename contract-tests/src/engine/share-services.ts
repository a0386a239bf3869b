import type { ContractRun } from './contract-run.ts';
import type { HeldService, ServiceSource } from './service.ts';

interface SharedServices {
  readonly runs: readonly ContractRun[];
  /** Lets the services go. */
  release(): Promise<void>;
}

/** Keeps each service up from the first run that needs it until `release()`, so that it starts once for all of them. */
export function shareServices(runs: ContractRun | readonly ContractRun[]): SharedServices {
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
    runs: [runs].flat().map((run: ContractRun) => ({
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
