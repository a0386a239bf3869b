import { stripTypeScriptTypes } from 'node:module';

// How Jest runs the sources: with their types erased, as Node does it.
export default {
  process: (source: string) => ({ code: stripTypeScriptTypes(source) }),
  getCacheKey: (source: string) => source,
};
