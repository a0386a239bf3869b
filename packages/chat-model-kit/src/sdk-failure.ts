import { AiworkError } from '@aiwork/core';
import type { HeaderLookup } from '@aiwork/core/adapter-kit';
import { connectionFailure, providerFailure } from './provider-failure.ts';
import { invalidReply } from './tool-call-pieces.ts';

/** What the errors of the providers' own clients have in common, however they are called. */
interface SdkError {
  readonly status?: unknown;
  readonly error?: unknown;
  readonly headers?: unknown;
  readonly requestID?: unknown;
  readonly message?: unknown;
}

/** The request that failed. @since 0.1.0 */
export interface FailedRequest {
  /** The id of the model. */
  readonly model: string;
  /** What no error may show, such as the key. */
  readonly secrets: readonly string[];
  /** Where it is known already. */
  readonly requestId?: string | undefined;
  /** Where it stands in the headers of the response, if the client does not look there. */
  readonly requestIdHeader?: string | undefined;
}

/**
 * What a client of a provider threw, as an error of this project.
 *
 * @throws nothing: it gives the error.
 * @example
 * ```ts
 * import { sdkFailure } from '@aiwork/chat-model-kit';
 *
 * const thrown = { status: 401, error: { message: 'who is sk-123?' }, headers: new Headers() };
 * const { code, message } = sdkFailure(thrown, { model: 'm', secrets: ['sk-123'] });
 * console.log(code, message); // AIWORK_MODEL_REFUSED chat model "m" was refused (status 401): who is [redacted]?
 * ```
 * @since 0.1.0
 */
export function sdkFailure(thrown: unknown, about: FailedRequest): AiworkError {
  const { model, secrets } = about;
  if (AiworkError.isInstance(thrown)) return thrown;
  if (thrown instanceof SyntaxError) return invalidReply(model, 'sent a part that is no JSON');
  const { status, error, headers, requestID }: SdkError = isObject(thrown) ? thrown : {};
  const found = isHeaders(headers) ? headers : undefined;
  const named = about.requestIdHeader === undefined ? null : found?.get(about.requestIdHeader);
  const requestId = named ?? (typeof requestID === 'string' ? requestID : about.requestId);
  if (typeof status !== 'number' && error === undefined) return connectionFailure(model, thrown, requestId);
  const told = readBody(error);
  return providerFailure({
    model,
    secrets,
    requestId: requestId ?? told.requestId,
    status: typeof status === 'number' ? status : told.status,
    kind: told.kind,
    message: told.message,
    headers: found,
  });
}

/** `{ message, type, code }`, alone or as the `error` of a whole body. A code may be a status, as OpenRouter's are. */
function readBody(body: unknown): {
  readonly status?: number;
  readonly kind?: string;
  readonly message?: string;
  readonly requestId?: string;
} {
  if (typeof body === 'string') return { message: body };
  if (!isObject(body)) return {};
  const { error, request_id: requestId } = body as Record<string, unknown>;
  if (isObject(error)) return { ...readBody(error), ...(typeof requestId === 'string' && { requestId }) };
  const { message, type, code } = body as Record<string, unknown>;
  const kind = [code, type].find((name) => typeof name === 'string' && name !== '');
  return {
    ...(typeof message === 'string' && { message }),
    ...(typeof kind === 'string' && { kind }),
    ...(typeof code === 'number' && { status: code }),
  };
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isHeaders = (value: unknown): value is HeaderLookup =>
  isObject(value) && 'get' in value && typeof value.get === 'function';
