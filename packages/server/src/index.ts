export type { Execution, ExecutionError, FieldProblem, Problem, Waiting } from '@aiwork/client';
export { type ApiKey, apiKeys, newApiKey } from './auth/api-keys.ts';
export type { Authenticator } from './auth/authenticator.ts';
export { type JsonWebTokensOptions, jsonWebTokens } from './auth/json-web-tokens.ts';
export type { Action, Principal } from './auth/principal.ts';
export { createServer, type Server, type ServerOptions } from './create-server.ts';
export { aiworkRoutes, type RoutesOptions } from './routes.ts';
