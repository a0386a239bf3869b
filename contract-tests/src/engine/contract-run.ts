import type { AnyAdapter } from './any-adapter.ts';
import type { Contract } from './contract.ts';
import type { ServiceSource } from './service.ts';
import type { SubjectFactory } from './subject.ts';

/**
 * One contract on one adapter: what a contract file exports, one or a list of them.
 *
 * @since 0.1.0
 */
export interface ContractRun<A extends AnyAdapter = AnyAdapter> {
  readonly contract: Contract<A>;
  /** What is checked, with the settings that matter, on one line: `redis, appendfsync always`. */
  readonly name: string;
  readonly subject: SubjectFactory<A>;
  /** Kept over all runs of a list that share it. */
  readonly service?: ServiceSource;
  /** The `package.json` of what is checked, for the report. */
  readonly package?: URL;
  /**
   * Checks that are known to fail, by id, each with the reason. They fail no build, but the run is not conformant; one
   * that passes does fail it, so that the list stays true. An id that the contract does not have is refused.
   */
  readonly knownFailures?: Readonly<Record<string, string>>;
}
