import type { Address } from './address.ts';
import type { AnyAdapter } from './any-adapter.ts';
import type { ContractRun } from './contract-run.ts';
import type { Service, ServiceSource } from './service.ts';
import type { Lack, OpenOptions, Subject } from './subject.ts';

/** @since 0.1.0 */
export interface SubjectFacts<A extends AnyAdapter>
  extends Omit<ContractRun<A>, 'subject' | 'service'>,
    Pick<Subject<A>, 'callDeadlineMs' | 'checkDeadlineMs' | 'clock' | 'secrets'> {
  /** Whether two clients of one namespace see the same. Default `true`. */
  readonly secondClient?: true | Lack;
}

/** An adapter that lives in this process. @since 0.1.0 */
export interface EmbeddedSubject<A extends AnyAdapter> extends SubjectFacts<A> {
  /** {@link embedded}. */
  readonly service: Lack;
  /** Opens a client that sees what all other clients of its namespace see, and nothing of other namespaces. */
  open(options: Pick<OpenOptions, 'namespace'>): A | Promise<A>;
}

/** An adapter of a service. @since 0.1.0 */
export interface ServedSubject<A extends AnyAdapter, S extends Service> extends SubjectFacts<A> {
  readonly service: ServiceSource<S>;
  /**
   * Opens a client that sees what all other clients of its namespace see, and nothing of other namespaces. It has to
   * connect to `address`, which may be a link in front of `service.address`.
   */
  open(options: {
    readonly namespace: string;
    readonly address: Address;
    readonly service: S;
  }): A | Promise<A>;
}

/**
 * Says what is checked and how it is opened.
 *
 * @example
 * ```ts
 * import { createMemoryStateStore } from '@aiwork/core';
 * import { checkContract, defineSubject, embedded, stateStoreContract } from '@aiwork/contract-tests';
 *
 * const subject = defineSubject({
 *   contract: stateStoreContract,
 *   name: 'my store',
 *   service: embedded,
 *   secondClient: { skipped: 'two in-memory stores share nothing' },
 *   open: () => createMemoryStateStore(),
 * });
 * console.log((await checkContract(subject)).verdict); // conformant
 * ```
 * @since 0.1.0
 */
export function defineSubject<A extends AnyAdapter>(definition: EmbeddedSubject<A>): ContractRun<A>;
export function defineSubject<A extends AnyAdapter, S extends Service>(
  definition: ServedSubject<A, S>,
): ContractRun<A>;
export function defineSubject<A extends AnyAdapter, S extends Service>(
  definition: EmbeddedSubject<A> | ServedSubject<A, S>,
): ContractRun<A> {
  const { contract, name, package: manifest, knownFailures, service: source, open, ...facts } = definition;
  const { secondClient = true, ...about } = facts;
  const run = {
    contract,
    name,
    ...(manifest && { package: manifest }),
    ...(knownFailures && { knownFailures }),
  };
  if (!isSource(source)) {
    return {
      ...run,
      subject: () => ({
        ...about,
        secondClient,
        service: source,
        open: definition.open as EmbeddedSubject<A>['open'],
      }),
    };
  }
  return {
    ...run,
    service: source,
    async subject() {
      const { service, release } = await source.hold();
      const connect = open as ServedSubject<A, S>['open'];
      return {
        ...about,
        secondClient,
        service,
        open: ({ namespace, address = service.address }) => connect({ namespace, address, service }),
        close: release,
      };
    },
  };
}

function isSource<S extends Service>(service: Lack | ServiceSource<S>): service is ServiceSource<S> {
  return 'hold' in service;
}
