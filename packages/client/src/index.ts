export type { Execution, ExecutionError, Waiting } from './execution.ts';
export type { FieldProblem, Problem } from './problem.ts';
