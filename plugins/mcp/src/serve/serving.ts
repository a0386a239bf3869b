import type { AnyUnit, Orchestrator } from '@aiwork/core';
import type { UnitTool } from './unit-tools.ts';

/** What is served to clients, over pipes and over HTTP alike. @since 0.1.0 */
export interface McpServeOptions {
  readonly orchestrator: Orchestrator;
  /** What clients may run: nothing else of the orchestrator's can be started, or its runs be seen. */
  readonly units: readonly AnyUnit[];
  /** What clients call this server. Default `aiwork`. */
  readonly name?: string;
  /** What the server is for, told to the models of clients. Default: how runs are gone on with. */
  readonly instructions?: string;
  /**
   * How long a call waits for the end of its run, in milliseconds; after that it says how to go on. Default 50,000: many
   * clients give up after a minute, and would not know which run it was.
   */
  readonly maxWaitMs?: number;
  /** Told what goes wrong beside the answers. Default: nobody. */
  onError?(error: Error): void;
}

/** What requests of all clients have in common. */
export interface Serving {
  readonly orchestrator: Orchestrator;
  readonly tools: ReadonlyMap<string, UnitTool>;
  readonly maxWaitMs: number;
  /** Aborts when the server is closed: what is cut off then is no request to stop runs. */
  readonly closing: AbortSignal;
}
