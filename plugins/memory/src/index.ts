export {
  createLexicalIndex,
  type LexicalIndex,
  loadLexicalIndex,
} from './lexical-index.ts';
export { createMemory, type LexicalMemory, loadMemory } from './lexical-memory.ts';
export type { MemoryOptions } from './options.ts';
export { type MemoryPluginOptions, memory } from './plugin.ts';
export type { RankingOptions } from './ranking.ts';
export type { FilePath } from './snapshot-file.ts';
export { createTokenizer, type Tokenizer, type TokenizerOptions } from './tokenizer.ts';
