/** @module */
export type { McpAccess, McpAction } from './serve/access.ts';
export { type McpHttpHandler, type McpHttpOptions, mcpHandler } from './serve/http.ts';
export type { McpServeOptions } from './serve/serving.ts';
export { type McpStdioOptions, type McpStdioServing, serveMcp } from './serve/stdio.ts';
