export { createServer, type Server, type ServerOptions } from './create-server.ts';
export type { Execution, ExecutionError, Waiting } from './execution.ts';
export type { FieldProblem, Problem } from './problem/problem.ts';
export { aiworkRoutes, type RoutesOptions } from './routes.ts';
