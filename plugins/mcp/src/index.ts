/** @module */
export type { McpAccess, McpAction } from './serve/access.ts';
export {
  type McpHttpHandler,
  type McpHttpOptions,
  type McpRequestContext,
  mcpHandler,
} from './serve/http.ts';
export type { McpServeOptions } from './serve/serving.ts';
export { type McpStdioOptions, type McpStdioServing, serveMcp } from './serve/stdio.ts';
export { type McpTools, mcpTools } from './use/mcp-tools.ts';
export type {
  McpEndpoint,
  McpProgram,
  McpServerBase,
  McpServerOptions,
  McpToolsOptions,
} from './use/server-options.ts';
