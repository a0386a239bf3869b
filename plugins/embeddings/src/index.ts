/** @module */
export type { Pooling } from './model/pooling.ts';
