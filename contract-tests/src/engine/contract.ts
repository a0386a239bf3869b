import type { AnyAdapter } from './any-adapter.ts';
import type { CheckContext } from './check-context.ts';
import type { Need } from './subject.ts';

/**
 * One rule of a contract and how it is checked.
 *
 * @since 0.1.0
 */
export interface Check<A extends AnyAdapter> {
  /** `contract.group.name`: the same for a pass and a failure, and never renamed. */
  readonly id: string;
  /** The rule in one sentence. */
  readonly rule: string;
  /** Where the rule stands in the adapter's TSDoc: `Interface` or `Interface.member`. */
  readonly anchor: string;
  /** What goes wrong for users of an adapter that breaks it. */
  readonly why: string;
  readonly needs?: readonly Need[];
  /** Nothing else may run beside it: it looks at the whole process. What stops a service is alone anyway. */
  readonly alone?: true;
  /** `true` where the rule holds for an adapter of these capabilities; otherwise why it does not. */
  when?(capabilities: A['capabilities']): true | string;
  run(t: CheckContext<A>): Promise<void>;
}

/** Checks that belong together. @since 0.1.0 */
export interface CheckGroup<A extends AnyAdapter> {
  readonly id: string;
  readonly title: string;
  readonly checks: readonly Check<A>[];
}

/**
 * The rules of one adapter interface, as data. Its version is apart from the package's.
 *
 * @since 0.1.0
 */
export interface Contract<A extends AnyAdapter> {
  readonly id: string;
  readonly version: string;
  /** Name of the adapter interface. */
  readonly adapter: string;
  readonly groups: readonly CheckGroup<A>[];
  /**
   * What checks are given of a client, where what it declares says when it may be asked. It has to hand out the promises
   * of the client itself. Default: the client.
   */
  asked?(client: A, t: CheckContext<A>): A;
}

/** Every check of a contract, in order. @since 0.1.0 */
export function checksOf<A extends AnyAdapter>(contract: Contract<A>): readonly Check<A>[] {
  return contract.groups.flatMap(({ checks }) => checks);
}
