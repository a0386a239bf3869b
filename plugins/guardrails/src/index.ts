export { type CustomGuardrailOptions, customGuardrail } from './custom-guardrail.ts';
export { type GuardrailChainOptions, guardrailChain } from './guardrail-chain.ts';
export type { GuardrailOptions } from './guardrail-options.ts';
export { type JsonSchemaGuardrailOptions, jsonSchemaGuardrail } from './json-schema-guardrail.ts';
export { type RegexGuardrailOptions, regexGuardrail } from './regex-guardrail.ts';
export { type SchemaGuardrailOptions, schemaGuardrail } from './schema-guardrail.ts';
export type { OnFail } from './verdict.ts';
