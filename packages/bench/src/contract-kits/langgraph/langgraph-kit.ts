import { defineKit } from '../kit.ts';
import { runStores } from './run-stores.ts';
import { langgraphUses } from './uses.ts';

export const langgraphKit = defineKit({
  package: '@langchain/langgraph-checkpoint-validation',
  adapters: 'checkpointers of LangGraph',
  suite: 'src/contract-kits/langgraph/checkpointer.suite.ts',
  ours: runStores,
  uses: langgraphUses,
});
