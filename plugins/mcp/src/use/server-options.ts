import type { ToolOptions } from '@aiwork/core';

/** What tools of any server can be told. @since 0.1.0 */
export interface McpServerBase {
  /** Only these of its tools, as it calls them. Default: all. */
  readonly only?: readonly string[];
  /**
   * Whether a person has to approve a call that an agent makes. What a server says of its own tools is not trusted in this.
   * Default `false`.
   */
  readonly approval?: ToolOptions<unknown, Readonly<Record<string, unknown>>, unknown>['approval'];
  /** Whether agents do without its tools while it cannot be reached. Default: that is an error when the plugin is set up. */
  readonly optional?: boolean;
  /** How long a call may take without progress, in milliseconds. Default 60,000. */
  readonly callTimeoutMs?: number;
  /** How long a call may take in all, in milliseconds. Default 600,000. */
  readonly maxCallMs?: number;
}

/** A server that is a program, spoken with over its pipes, which ends with what uses it. @since 0.1.0 */
export interface McpProgram extends McpServerBase {
  readonly command: string;
  readonly args?: readonly string[];
  /**
   * Environment of the program. Of this process's own, it sees only what programs need to start, such as `PATH` and `HOME`:
   * pass on what else it needs.
   */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A server that is reached over streamable HTTP. @since 0.1.0 */
export interface McpEndpoint extends McpServerBase {
  readonly url: string;
  /** Sent with each request, as for `Authorization`; a function is asked each time, for tokens that change. */
  readonly headers?:
    | Readonly<Record<string, string>>
    | (() => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>);
}

/** A server whose tools agents use. @since 0.1.0 */
export type McpServerOptions = McpProgram | McpEndpoint;

/** @since 0.1.0 */
export interface McpToolsOptions {
  /** How long a server may take to start and to list its tools, in milliseconds. Default 60,000. */
  readonly connectTimeoutMs?: number;
  /** Longest result, in characters; a longer one is cut, and says so. Default 100,000. */
  readonly maxResultChars?: number;
  /**
   * What becomes of images, sounds and files in results. `describe` (default): a line that says what is there, for models.
   * `keep`: the content blocks themselves, with data in base64, for code.
   */
  readonly media?: 'describe' | 'keep';
  /** Largest message of a server, in bytes; a larger one ends the connection. Default 10 MiB. */
  readonly maxMessageBytes?: number;
}

export const isProgram = (server: McpServerOptions): server is McpProgram => 'command' in server;
