import { type errorCodes, errorCodes as meanings } from '@aiwork/core';

type Code = keyof typeof errorCodes;

const groups: Readonly<Record<string, readonly Code[]>> = {
  'Definitions and arguments': [
    'AIWORK_INVALID_ARGUMENT',
    'AIWORK_INVALID_FLOW',
    'AIWORK_DUPLICATE_ID',
    'AIWORK_UNKNOWN_NEED',
    'AIWORK_CYCLE',
    'AIWORK_NO_JSON_SCHEMA',
  ],
  Values: ['AIWORK_INVALID_INPUT', 'AIWORK_INVALID_OUTPUT', 'AIWORK_NOT_SERIALIZABLE'],
  'Steps and runs': [
    'AIWORK_STEP_FAILED',
    'AIWORK_STEP_TIMEOUT',
    'AIWORK_RUN_TIMEOUT',
    'AIWORK_NEED_FAILED',
    'AIWORK_CANCELLED',
    'AIWORK_LOOP_LIMIT',
    'AIWORK_WAIT_EXPIRED',
    'AIWORK_RACE_FAILED',
    'AIWORK_BUDGET_EXCEEDED',
  ],
  'Agents and models': [
    'AIWORK_TURN_LIMIT',
    'AIWORK_GUARDRAIL_BLOCKED',
    'AIWORK_TOOL_NOT_FOUND',
    'AIWORK_MODEL_INVALID_REPLY',
    'AIWORK_MODEL_INCOMPLETE',
    'AIWORK_MODEL_REFUSED',
    'AIWORK_MODEL_RATE_LIMITED',
    'AIWORK_MODEL_UNAVAILABLE',
    'AIWORK_MODEL_SCRIPT_EXHAUSTED',
    'AIWORK_MODEL_REPLAY_MISS',
  ],
  'Local models': [
    'AIWORK_MODEL_UNREADABLE',
    'AIWORK_UNKNOWN_OPERATOR',
    'AIWORK_DEVICE_UNAVAILABLE',
    'AIWORK_UNKNOWN_INPUT',
    'AIWORK_MISSING_INPUT',
    'AIWORK_TENSOR_TYPE',
    'AIWORK_TENSOR_SHAPE',
    'AIWORK_OUT_OF_MEMORY',
    'AIWORK_INFERENCE_FAILED',
  ],
  'Asking for runs': [
    'AIWORK_FLOW_NOT_REGISTERED',
    'AIWORK_FLOW_CHANGED',
    'AIWORK_RUN_NOT_FOUND',
    'AIWORK_RUN_EXISTS',
    'AIWORK_RUN_FINISHED',
    'AIWORK_RUN_OWNED',
    'AIWORK_LEASE_LOST',
    'AIWORK_UNKNOWN_STEP',
    'AIWORK_NOT_WAITING',
  ],
  'Plugins and stores': [
    'AIWORK_SLOT_EMPTY',
    'AIWORK_PLUGIN_INVALID',
    'AIWORK_PLUGIN_SETUP',
    'AIWORK_UNSUPPORTED_CAPABILITY',
    'AIWORK_LIMIT_EXCEEDED',
    'AIWORK_CORRUPT_DATA',
    'AIWORK_STORE_BUSY',
    'AIWORK_STORE_FAILED',
    'AIWORK_QUEUE_FAILED',
    'AIWORK_CLOSED',
  ],
};

/** Where the message alone may not be enough. A code that is missing here does not compile. */
const advice: Readonly<Record<Code, string>> = {
  AIWORK_INVALID_ARGUMENT: 'The message names the option, what it is and what it may be.',
  AIWORK_INVALID_FLOW: 'The message names the flow and the step. It is thrown when the flow is defined.',
  AIWORK_DUPLICATE_ID: 'Give each its own id. Two versions of one flow need different `version`s.',
  AIWORK_UNKNOWN_NEED: 'Name steps of the same flow, by what `f.step`, `f.call` … returned.',
  AIWORK_CYCLE: 'Only graphs can have one; the message lists the circle. Use `f.loop` for repetition.',
  AIWORK_NO_JSON_SCHEMA: 'Use Zod 4.2 or newer, or wrap the schema (Valibot: `toStandardJsonSchema`).',
  AIWORK_INVALID_INPUT: 'The message lists each issue with its path. It is not retried by default.',
  AIWORK_INVALID_OUTPUT: 'The unit gave what its own `output` schema refuses. It is not retried by default.',
  AIWORK_NOT_SERIALIZABLE:
    'Give data: JSON values, `Date`, `Map`, `Set`, `bigint`, typed arrays. The message has the path.',
  AIWORK_STEP_FAILED: 'The error your code threw is the `cause`; `stepId` names the step.',
  AIWORK_STEP_TIMEOUT:
    'Raise `timeout`, or pass `ctx.signal` on so that the attempt ends in time. It is retried by default.',
  AIWORK_RUN_TIMEOUT: 'Raise the `timeout` of the flow.',
  AIWORK_NEED_FAILED:
    'Look at the step it names. `onError: "continue"` on that one, or `f.settle`, goes on without it.',
  AIWORK_CANCELLED: 'The message is the reason that was given.',
  AIWORK_LOOP_LIMIT: 'Raise `maxRounds`, or let `until` hold earlier.',
  AIWORK_WAIT_EXPIRED: 'Raise `expires`, or handle it with `onError: "continue"` or `f.settle`.',
  AIWORK_RACE_FAILED: 'The message has the error of each contender.',
  AIWORK_BUDGET_EXCEEDED: 'The message names the limit, what was used and what is allowed.',
  AIWORK_TURN_LIMIT: 'Raise `maxTurns`. The message tells why the last answer was refused, if it was.',
  AIWORK_GUARDRAIL_BLOCKED:
    'The message names guardrail, stage, step and reason. A guardrail that throws blocks too.',
  AIWORK_TOOL_NOT_FOUND: 'From a tool registry. Agents tell the model instead of failing.',
  AIWORK_MODEL_INVALID_REPLY:
    'A broken stream is retryable; a malformed chunk is a defect of the model plugin.',
  AIWORK_MODEL_INCOMPLETE: 'Raise `maxTokens`, or ask for less at once. A partial reply is never used.',
  AIWORK_MODEL_REFUSED:
    'The message has the status and what the provider says. Trying the same again does not help.',
  AIWORK_MODEL_RATE_LIMITED: 'Wait as long as `retryAfterMs` says, or send less at once. Retryable.',
  AIWORK_MODEL_UNAVAILABLE: 'Try again later, or another model. Retryable; `requestId` is for the provider.',
  AIWORK_MODEL_SCRIPT_EXHAUSTED: 'The test asks the model more often than its script says.',
  AIWORK_MODEL_REPLAY_MISS:
    'The message shows how the request differs from the nearest recorded one. Record again if that is meant.',
  AIWORK_MODEL_UNREADABLE:
    'The message says which file, and what the engine says of it. Fetch or convert it again; weights that are apart have to lie where the model names them.',
  AIWORK_UNKNOWN_OPERATOR:
    'The message names it. Take a newer engine, or convert the model for an older set of operators.',
  AIWORK_DEVICE_UNAVAILABLE: '`devices()` lists those there are. Its driver may be missing.',
  AIWORK_UNKNOWN_INPUT: 'The message names it and those there are; `inputs` of the model describes them.',
  AIWORK_MISSING_INPUT: 'The message names it; `inputs` of the model describes them all.',
  AIWORK_TENSOR_TYPE: 'The message names the input and the type the model takes.',
  AIWORK_TENSOR_SHAPE: 'The message names the input, its shape and the one the model takes.',
  AIWORK_OUT_OF_MEMORY: 'Give smaller batches, or take a machine with more memory.',
  AIWORK_INFERENCE_FAILED: 'The message is what the engine says.',
  AIWORK_FLOW_NOT_REGISTERED: 'Give the unit in `createOrchestrator({ units })`.',
  AIWORK_FLOW_CHANGED: 'Register the old version beside the new one to finish the run, or `rerun` it.',
  AIWORK_RUN_NOT_FOUND: 'Look at id, store and namespace. `prune` deletes finished runs.',
  AIWORK_RUN_EXISTS: 'Choose another `runId`, or give an `idempotencyKey` to get the run there is.',
  AIWORK_RUN_FINISHED: 'A finished run takes no signals. `rerun` starts it once more.',
  AIWORK_RUN_OWNED: 'Wait for it, or for its lease to run out. Retryable.',
  AIWORK_LEASE_LOST: 'Another worker goes on with it. Nothing is to be done here.',
  AIWORK_UNKNOWN_STEP: 'The message lists the steps there are.',
  AIWORK_NOT_WAITING: 'The step is over, or is no `waitFor`.',
  AIWORK_SLOT_EMPTY: 'Add a plugin that fills the slot, or correct the name.',
  AIWORK_PLUGIN_INVALID: 'Give what the factory returns: `plugins: [sqlite({ path })]`.',
  AIWORK_PLUGIN_SETUP: 'The plugin is named, its own error is the `cause`.',
  AIWORK_UNSUPPORTED_CAPABILITY:
    'Look at the `capabilities` of the adapter, or use another. Nothing happened.',
  AIWORK_LIMIT_EXCEEDED: 'The message names limit and size. Nothing was cut off.',
  AIWORK_CORRUPT_DATA: 'Restore the file from a copy. Data of a newer version needs that version.',
  AIWORK_STORE_BUSY: 'Raise `busyTimeoutMs`, or write less at once. Retryable.',
  AIWORK_STORE_FAILED: 'The `cause` has the reason; `outcome` says whether a write happened.',
  AIWORK_QUEUE_FAILED:
    'The message says what was asked and what to check; `outcome` says whether jobs were sent. Retryable when it may pass.',
  AIWORK_CLOSED: 'Create a new one. A run that was under way can be resumed if its store is durable.',
};

/** Codes that only one package raises: the package, what it means and what to do. */
const ofPackages: Readonly<Record<string, readonly [name: string, meaning: string, advice: string]>> = {
  AIWORK_USAGE: [
    'aiwork',
    'A command was called in a way it does not understand.',
    'The message says what it wants; exit code 2.',
  ],
  AIWORK_FLOW_FILE: [
    'aiwork',
    'A flow file could not be loaded.',
    'Its own error is the `cause`; the message names the line.',
  ],
  AIWORK_INVALID_VERDICT: [
    '@aiwork/guardrails',
    'A guardrail of yours returned something that is no verdict.',
    'The message lists what it may return. The value is blocked.',
  ],
  AIWORK_AIRFLOW_UNAVAILABLE: [
    '@aiwork/airflow',
    'Airflow could not be reached, did not answer in time, or answered 429 or 5xx.',
    'Try again later, a `trigger` with the same `runId`. Retryable; `outcome` says whether something may have happened.',
  ],
  AIWORK_AIRFLOW_NOT_FOUND: [
    '@aiwork/airflow',
    'Airflow knows no such DAG, run or task.',
    'Look at the id. Airflow may not have read the file yet: `airflow dags list-import-errors`.',
  ],
  AIWORK_AIRFLOW_REFUSED: [
    '@aiwork/airflow',
    'Airflow refused a request: the user is unknown or may not, or something in it cannot be.',
    'The message has its status and what it says.',
  ],
  AIWORK_AIRFLOW_UNEXPECTED: [
    '@aiwork/airflow',
    'What answered is no Airflow, or one of another version.',
    'Look at `url`, also for the path that Airflow is served under.',
  ],
  AIWORK_AIRFLOW_ELSEWHERE: [
    '@aiwork/airflow',
    'A step of an imported DAG was run here.',
    'Trigger the DAG in Airflow, or replace the step by one of yours.',
  ],
  AIWORK_UNKNOWN_MODEL: [
    '@aiwork/embeddings',
    'An embedding model was asked for under a name that none has.',
    'The message names those there are. Status 404.',
  ],
  AIWORK_WEBHOOK_FAILED: [
    '@aiwork/server',
    'A webhook could not be delivered, or may not be.',
    'The message names it and what was answered, or the address that is not allowed. `retryable` says whether it is tried again.',
  ],
  AIWORK_UNAUTHENTICATED: [
    '@aiwork/server',
    'A request came without a token, or with one that nobody knows.',
    'Send one as `Authorization: Bearer`, or as `X-API-Key`. Status 401.',
  ],
  AIWORK_FORBIDDEN: [
    '@aiwork/server',
    'A principal asked for something that its scopes do not let it do.',
    'The message names the scope that is needed. Status 403.',
  ],
  AIWORK_KEY_REUSED: [
    '@aiwork/server',
    'An `Idempotency-Key` came with another request before.',
    'Send that one again as it was, or use a new key. Status 422.',
  ],
  AIWORK_RATE_LIMITED: [
    '@aiwork/server',
    'A principal made too many requests, or has too many streams of events open.',
    'Wait as long as `Retry-After` says. Status 429.',
  ],
  AIWORK_OVERLOADED: [
    '@aiwork/server',
    'A server has too many executions that are not over, or is late; or too many texts wait to be embedded.',
    'Try again later, or elsewhere. Raise `maxUnfinished`, or `maxQueuedTokens` of an embedder, if the machine can do more. Status 503.',
  ],
  AIWORK_ISSUER_UNAVAILABLE: [
    '@aiwork/server',
    'The issuer of tokens does not show its keys, so that it cannot be told whose a token is.',
    'The log of the server has the reason. Status 503.',
  ],
  AIWORK_CALL_TIMEOUT: [
    '@aiwork/resilience',
    'A call began no answer in time, stopped in the middle of it, or was not over in time.',
    'The message says which, and after how long: raise that limit of `timeout` or `deadline`, or find out why it is slow. Retryable.',
  ],
  AIWORK_BREAKER_OPEN: [
    '@aiwork/resilience',
    'A circuit breaker makes no call for now, because too many have failed.',
    'Put a fallback around it, or wait as long as `retryAfterMs` says. The event `breaker.opened` says what opened it. Retryable.',
  ],
  AIWORK_BULKHEAD_FULL: [
    '@aiwork/resilience',
    'As many calls are at work as may be, and too many wait, or one waited too long.',
    'Ask for less at once, or raise `limit`, `maxQueued` or `maxWait` of the bulkhead. Retryable.',
  ],
  AIWORK_RATE_EXCEEDED: [
    '@aiwork/resilience',
    'A call would have to wait longer for a rate limit than it may.',
    'Wait as long as `retryAfterMs` says, or raise `maxWait` of the rate limit. Retryable.',
  ],
  AIWORK_ALL_FAILED: [
    '@aiwork/resilience',
    'A model failed, and so did every one it could fall back to.',
    'The message has the reason of each, and the `cause` their errors. Retryable when one of them is.',
  ],
  AIWORK_THINKING_FAILED: [
    '@aiwork/thinking',
    'Every alternative that a model was asked for was lost, so that there is no answer.',
    'The `cause` has what each was lost with. Retryable when one of them is.',
  ],
  AIWORK_OPENVINO_UNAVAILABLE: [
    '@aiwork/openvino',
    'There is no OpenVINO on this machine, or none of a version that is known to work.',
    'The message says what was found. Run `npx aiwork openvino install`, or name the one you have in `AIWORK_OPENVINO`.',
  ],
  AIWORK_DOWNLOAD_FAILED: [
    '@aiwork/openvino',
    'OpenVINO could not be fetched, or what came has another checksum.',
    'The message says from where and why. What has come is kept: the same call goes on from there.',
  ],
  AIWORK_QUANTIZATION_FAILED: [
    '@aiwork/openvino',
    'A model could not be made smaller, or loses more by it than it may.',
    'The message has what was lost, or what Python says. Give more and more varied samples, or a higher bound.',
  ],
  AIWORK_SESSION_NOT_FOUND: [
    '@aiwork/thinking',
    'There is no session of this id in the store.',
    'Create it first. Nothing was asked or kept.',
  ],
  AIWORK_SERVER_UNAVAILABLE: [
    '@aiwork/client',
    'A server gave no answer, or none in time.',
    'See whether it runs, and at this URL. Retryable; `outcome` says whether what was asked may have been done.',
  ],
  AIWORK_SERVER_FAILED: [
    '@aiwork/client',
    'A server answered that it failed, without a code that says why.',
    'The message has what it answered; what it logged says more.',
  ],
  AIWORK_MCP_UNAVAILABLE: [
    '@aiwork/mcp',
    'An MCP server cannot be reached, or was lost during a call.',
    'The message has what it says, or what the program wrote. Retryable; `outcome` says whether the call may have been made.',
  ],
  AIWORK_MCP_TIMEOUT: [
    '@aiwork/mcp',
    'A tool of an MCP server gave no answer in time.',
    'Raise `callTimeoutMs` or `maxCallMs` if it needs longer. Retryable; the call may have been made.',
  ],
  AIWORK_MCP_TOOL_FAILED: [
    '@aiwork/mcp',
    'A tool of an MCP server failed, or refused its input.',
    'The message is what it says.',
  ],
  AIWORK_MCP_NOT_CONNECTED: [
    '@aiwork/mcp',
    'Tools of MCP servers were asked for before they were connected with.',
    'Give them to `createOrchestrator` as a plugin, too, or await their `connect()`.',
  ],
  AIWORK_MODEL_UNSUPPORTED: [
    '@aiwork/embeddings',
    'A model is whole, but of a kind that cannot be converted.',
    'The message names what is not known, such as an architecture or an element type, and what is.',
  ],
  AIWORK_MODEL_INACCURATE: [
    '@aiwork/embeddings',
    'Quantized, a model gives vectors that are too far from those of the original.',
    'Calibrate with texts like those the model is for, convert to `fp16`, or lower `minCosine`.',
  ],
  AIWORK_HUB_UNAVAILABLE: [
    '@aiwork/embeddings',
    'The hub that a model is to be fetched from cannot be reached, or does not have it.',
    'Try again: what was fetched is kept. What is not public needs `HF_TOKEN`. Retryable.',
  ],
  AIWORK_REGISTRY_FAILED: [
    '@aiwork/kafka',
    'A schema registry did not answer, or failed.',
    'The message names it and what was asked. Retryable.',
  ],
  AIWORK_SCHEMA_UNKNOWN: [
    '@aiwork/kafka',
    'A schema registry does not know the schema of a task.',
    'Register it, or ask the registry that the producer uses.',
  ],
  AIWORK_SCHEMA_REFUSED: [
    '@aiwork/kafka',
    'A schema registry does not take a schema: it is invalid, or does not fit those before it.',
    'Change it so that it fits, or change what the registry asks for.',
  ],
};

/** The page `docs/guides/errors.md`. */
export function errorGuide(): string {
  const sections = Object.entries(groups).map(([title, codes]) =>
    [`## ${title}`, '', '| code | meaning | what to do |', '| --- | --- | --- |', ...codes.map(row)].join(
      '\n',
    ),
  );
  return `${[introduction, ...sections, sectionOfPackages()].join('\n\n')}\n`;
}

const row = (code: Code) =>
  `| <a id="${code.toLowerCase()}"></a>\`${code}\` | ${meanings[code]} | ${advice[code]} |`;

function sectionOfPackages(): string {
  const rows = Object.entries(ofPackages).map(
    ([code, [name, meaning, what]]) =>
      `| <a id="${code.toLowerCase()}"></a>\`${code}\` | \`${name}\` | ${meaning} | ${what} |`,
  );
  const head = [
    '## Of single packages',
    '',
    '| code | package | meaning | what to do |',
    '| --- | --- | --- | --- |',
  ];
  return [...head, ...rows].join('\n');
}

/** Whether the page tells of it. */
export const isExplained = (code: string) => Object.hasOwn(meanings, code) || Object.hasOwn(ofPackages, code);

/** Codes that are in no group: none, or the page is not whole. */
export function ungroupedCodes(): readonly string[] {
  const grouped: readonly string[] = Object.values(groups).flat();
  return Object.keys(meanings).filter((code) => !grouped.includes(code));
}

const introduction = `# Errors

<!-- Written by \`pnpm docs:errors\` from the table in packages/core/src/errors.ts. A test keeps it up to date. -->

Every error of \`@aiwork\` is an \`AiworkError\` with a stable \`code\`. Recognise it with \`hasCode\`, which works across
copies of core; \`instanceof\` does not.

\`\`\`ts
import { createOrchestrator, defineTask, hasCode } from '@aiwork/core';
import { z } from 'zod';

const half = defineTask({ id: 'half', input: z.number().multipleOf(2), run: (n) => n / 2 });
const ai = createOrchestrator();
try {
  await (await ai.start(half, 3)).result();
} catch (error) {
  if (!hasCode(error, 'AIWORK_INVALID_INPUT')) throw error;
  console.log(error.stepId, error.retryable); // half false
}
\`\`\`

| field | meaning |
| --- | --- |
| \`code\` | one of those below, or one a plugin brings |
| \`retryable\` | whether the same call may succeed later. By default \`retry\` repeats what is retryable, step timeouts, and every error that is not an \`AiworkError\` |
| \`retryAfterMs\` | time the other side asked to be left alone |
| \`outcome\` | of a rejected write: \`'not-applied'\` when it is certain that nothing changed, else \`'unknown'\` |
| \`stepId\` | the step it belongs to |
| \`cause\` | the error below it |

Codes may be added in minor releases. They are not renamed.`;
