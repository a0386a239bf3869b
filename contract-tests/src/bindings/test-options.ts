import type { CheckOptions } from '../engine/session.ts';

/** Which checks become tests, and how they run. @since 0.1.0 */
export type TestOptions = Omit<CheckOptions, 'checks' | 'onResult' | 'signal'>;
