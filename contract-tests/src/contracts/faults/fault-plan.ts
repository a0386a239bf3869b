import type { CallOptions } from '@aiwork/core';
import type { AnyAdapter } from '../../engine/any-adapter.ts';

/** What an answer claims. */
export interface Answer {
  readonly applied: boolean;
  /** The answer as it was given. */
  readonly given: unknown;
  /** The version that it says the item has now. */
  readonly version?: string;
}

/**
 * Whether a mutation is seen to have happened: once and whole, not at all, or what else is there. `untold`: what is there
 * may have come about either way.
 */
export type Truth = 'applied' | 'not-applied' | 'untold' | { readonly seen: unknown };

/** A call that changes an item of its own, and that nothing stands against: it is applied or it fails. */
export interface Mutation<A extends AnyAdapter> {
  /** Part of the id of a check. */
  readonly id: string;
  /** As it is called, for messages. */
  readonly call: string;
  when?(capabilities: A['capabilities']): true | string;
  /** Makes what the call needs, with a client that nothing is wrong with. */
  prepare(direct: A, item: string): Promise<(adapter: A, options?: CallOptions) => Promise<Answer>>;
  truth(direct: A, item: string): Promise<Truth>;
  /** The same where nothing else has happened since `prepare`, which may be more certain. */
  undisturbed?(direct: A, item: string): Promise<Truth>;
  /** The version that the item has. */
  version?(direct: A, item: string): Promise<string | undefined>;
  /**
   * What somebody else may do after the mutation was applied, and whether that is still so. It shows who applies a
   * mutation again that had been applied.
   */
  readonly overtaken?: {
    readonly by: string;
    overtake(direct: A, item: string): Promise<unknown>;
    stands(direct: A, item: string): Promise<boolean>;
  };
}

/** A call that reads an item which the first mutation made. */
export interface Read<A extends AnyAdapter> {
  /** As it is called, for messages. */
  readonly call: string;
  read(adapter: A, item: string, options?: CallOptions): Promise<unknown>;
  gives(item: string): unknown;
  /** What it may give instead of rejecting when its service is away. */
  readonly orElse?: { readonly value: unknown };
}

/** Something that is read piece by piece. */
export interface Listing<A extends AnyAdapter> {
  /** As it is called, for messages. */
  readonly call: string;
  when?(capabilities: A['capabilities']): true | string;
  /** More than any adapter reads at once; gives how many pieces. */
  prepare(direct: A): Promise<number>;
  list(adapter: A): AsyncIterable<unknown>;
}

/** How the checks of faults use the adapters of a contract. Items are named by lower-case letters and digits. */
export interface FaultPlan<A extends AnyAdapter> {
  readonly contract: string;
  when?(capabilities: A['capabilities']): true | string;
  /** A plain write comes first, which needs nothing to be prepared. */
  readonly mutations: readonly [Mutation<A>, ...Mutation<A>[]];
  readonly reads: readonly [Read<A>, ...Read<A>[]];
  readonly listing?: Listing<A>;
}

/** What is written carries it, so that an error which shows what was written is found. */
export const contentSecret = 'sk-live-51a7c0ffee';
