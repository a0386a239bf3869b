export { type CodeGuardrailOptions, codeGuardrail } from './code/code-guardrail.ts';
export { type AnyGuardrailOptions, anyGuardrail } from './combine/any-guardrail.ts';
export { type BoundedGuardrailOptions, boundedGuardrail } from './combine/bounded-guardrail.ts';
export type { CombinedOptions } from './combine/combined.ts';
export { type GuardrailChainOptions, guardrailChain } from './combine/guardrail-chain.ts';
export { type ParallelGuardrailsOptions, parallelGuardrails } from './combine/parallel-guardrails.ts';
export { type SampledGuardrailOptions, sampledGuardrail } from './combine/sampled-guardrail.ts';
export { type CustomGuardrailOptions, customGuardrail } from './custom-guardrail.ts';
export type { Detector, DetectorStreaming, Finding } from './finding/detector.ts';
export type { FindingGuardrailOptions } from './finding/finding-guardrail.ts';
export type { GuardrailOptions } from './guardrail-options.ts';
export { type InjectionGuardrailOptions, injectionGuardrail } from './injection/injection-guardrail.ts';
export { type JsonRepairGuardrailOptions, jsonRepairGuardrail } from './json/json-repair-guardrail.ts';
export { type JsonSchemaGuardrailOptions, jsonSchemaGuardrail } from './json-schema-guardrail.ts';
export { type ClassifierGuardrailOptions, classifierGuardrail } from './judgement/classifier-guardrail.ts';
export { type GroundingGuardrailOptions, groundingGuardrail } from './judgement/grounding-guardrail.ts';
export { type LinkGuardrailOptions, linkGuardrail } from './links/link-guardrail.ts';
export { bankAccounts } from './personal-data/bank-accounts.ts';
export { type CheckedNumbersOptions, checkedNumbers } from './personal-data/checked-numbers.ts';
export { emailAddresses } from './personal-data/email-addresses.ts';
export { type NationalIdsOptions, type NumberChecks, nationalIds } from './personal-data/national-ids.ts';
export { paymentCards } from './personal-data/payment-cards.ts';
export {
  type PersonalDataGuardrailOptions,
  personalDataGuardrail,
} from './personal-data/personal-data-guardrail.ts';
export { type RestoreGuardrailOptions, restoreGuardrail } from './personal-data/restore-guardrail.ts';
export { type SealedValues, sealedValues } from './personal-data/sealed-values.ts';
export { type GuardrailPolicyOptions, guardrailPolicy } from './policy/guardrail-policy.ts';
export { type RegexGuardrailOptions, regexGuardrail } from './regex-guardrail.ts';
export type {
  DecisionReplay,
  ReplayedAgent,
  ReplayedDecision,
  ReplayOptions,
} from './replay/decision-replay.ts';
export type { Decision } from './replay/recorded-decisions.ts';
export { replayDecisions } from './replay/replay-decisions.ts';
export { type SchemaGuardrailOptions, schemaGuardrail } from './schema-guardrail.ts';
export { secretPatterns } from './secret-patterns.ts';
export type { StreamingOptions } from './stream/streaming.ts';
export { type LanguageGuardrailOptions, languageGuardrail } from './text/language-guardrail.ts';
export { type LengthGuardrailOptions, lengthGuardrail } from './text/length-guardrail.ts';
export type { OnFail } from './verdict.ts';
export { type WordGuardrailOptions, wordGuardrail } from './words/word-guardrail.ts';
