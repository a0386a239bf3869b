/** The contracts there is a template for, by id. */
export const contracts = {
  'state-store': { adapter: 'StateStore', about: 'versioned key-value state' },
  'run-store': { adapter: 'RunStore', about: 'the journal of runs' },
  'task-queue': { adapter: 'TaskQueue', about: 'jobs for workers' },
  cache: { adapter: 'Cache', about: 'bytes that may be evicted' },
  memory: { adapter: 'Memory', about: 'texts that are searched' },
  guardrail: { adapter: 'Guardrail', about: 'a check on text of models and tools' },
  embedder: { adapter: 'Embedder', about: 'texts as vectors' },
  'chat-model': { adapter: 'ChatModel', about: 'a language model' },
  'flow-exporter': { adapter: 'FlowExporter', about: 'flows as files of another system' },
} as const;

export type ContractId = keyof typeof contracts;

export const contractIds = Object.keys(contracts) as readonly ContractId[];

export function isContractId(id: string): id is ContractId {
  return Object.hasOwn(contracts, id);
}
