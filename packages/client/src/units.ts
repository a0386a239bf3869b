import type { Runnable } from '@aiwork/core';
import type { JsonOf } from './json-of.ts';

/** Units of which nothing is known before a server is asked. @since 0.1.0 */
export type UnknownUnits = Readonly<Record<string, Runnable<unknown, unknown>>>;

/** The ids under which units are there: the names of members that are units. @since 0.1.0 */
export type UnitId<Units> = {
  // biome-ignore lint/suspicious/noExplicitAny: a unit, whatever its types
  readonly [Id in keyof Units]: Units[Id] extends Runnable<any, any> ? Id : never;
}[keyof Units] &
  string;

/** What a unit takes. @since 0.1.0 */
export type InputOf<Unit> = Unit extends Runnable<infer Input, unknown> ? Input : never;

/** What a unit gives, as it comes out of JSON. @since 0.1.0 */
export type OutputOf<Unit> =
  // biome-ignore lint/suspicious/noExplicitAny: inputs are contravariant
  Unit extends Runnable<any, infer Output> ? JsonOf<Output> : never;
