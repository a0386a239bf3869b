import { keyvKit } from './keyv/keyv-kit.ts';
import { langgraphKit } from './langgraph/langgraph-kit.ts';

export const kits = { keyv: keyvKit, langgraph: langgraphKit };

export type KitName = keyof typeof kits;
