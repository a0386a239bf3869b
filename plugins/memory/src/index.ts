export type { LocalMemoryQuery } from './admission.ts';
export type { AddTurnOptions, Conversation } from './conversation/conversation.ts';
export type { ContextOptions, ConversationContext } from './conversation/conversation-context.ts';
export type { ConversationPolicy, ConversationsOptions } from './conversation/conversation-options.ts';
export type { ConversationSummary, ConversationTurn } from './conversation/conversation-turn.ts';
export { type Conversations, createConversations } from './conversation/create-conversations.ts';
export type { Forgetting, Forgotten } from './conversation/forgetting.ts';
export { type FadingOptions, fading, type Weigh } from './fading.ts';
export type { FusionOptions } from './fusion.ts';
export {
  createLexicalIndex,
  type LexicalIndex,
  loadLexicalIndex,
} from './lexical-index.ts';
export { createMemory, loadMemory } from './local-memory.ts';
export type { LocalMemory } from './memory-of.ts';
export { createMemoryReplica, type MemoryReplica, type ReplicaChange } from './memory-replica.ts';
export { type OpenMemoryOptions, openMemory } from './open-memory.ts';
export type { LexicalOptions, MemoryOptions } from './options.ts';
export { type MemoryPluginOptions, memory } from './plugin.ts';
export type { RankingOptions } from './ranking.ts';
export type { Tolerance } from './related-words.ts';
export type { FilePath } from './storage/file-path.ts';
export { createTokenizer, type Stemmer, type Tokenizer, type TokenizerOptions } from './tokenizer.ts';
export type { VectorOptions } from './vector-options.ts';
export type { Similarity } from './vectors/similarity.ts';
