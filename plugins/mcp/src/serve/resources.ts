import {
  type AnyFlow,
  hasCode,
  type RunError,
  type RunEvent,
  type RunRecord,
  toReadableJson,
} from '@aiwork/core';
import {
  type ListResourcesResult,
  ProtocolError,
  ProtocolErrorCode,
  type ReadResourceResult,
  type Resource,
  ResourceNotFoundError,
  type ResourceTemplateType,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { accessOf } from './access.ts';
import { requireRun } from './run-tools.ts';
import type { Serving } from './serving.ts';
import { isFlow } from './unit-schemas.ts';

const mimeType = 'application/json';
const flowUri = (id: string) => `aiwork://flows/${encodeURIComponent(id)}`;
const runUri = (id: string) => `aiwork://runs/${encodeURIComponent(id)}`;

export const resourceTemplates: readonly ResourceTemplateType[] = [
  {
    name: 'flow',
    uriTemplate: 'aiwork://flows/{flow}',
    description: 'The steps of a flow, as data.',
    mimeType,
  },
  {
    name: 'run',
    uriTemplate: 'aiwork://runs/{run}',
    description: 'What happened in a run so far.',
    mimeType,
  },
];

const runsOnPage = 50;

/** The flows, then the runs, those that were started last first. */
export async function listResources(
  serving: Serving,
  ctx: ServerContext,
  cursor: string | undefined,
): Promise<ListResourcesResult> {
  const { ownerTag, mayDo } = accessOf(ctx);
  const query = {
    limit: runsOnPage,
    ...(ownerTag !== undefined && { tag: ownerTag }),
    ...(cursor !== undefined && { cursor }),
    signal: ctx.mcpReq.signal,
  };
  const page = await serving.orchestrator.list(query).catch((error: unknown) => {
    if (cursor === undefined || !hasCode(error, 'AIWORK_INVALID_ARGUMENT')) throw error;
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, error.message);
  });
  const served = new Set(
    [...serving.tools.values()].map(({ unit }) => unit.id).filter((id) => mayDo(id, 'read')),
  );
  const runs = page.items.filter(({ unitId, parent }) => served.has(unitId) && !parent).map(describeRun);
  const flows = cursor === undefined ? visibleFlows(serving, ctx).map(describeFlow) : [];
  return { resources: [...flows, ...runs], ...(page.cursor !== undefined && { nextCursor: page.cursor }) };
}

export async function readResource(
  serving: Serving,
  ctx: ServerContext,
  uri: string,
): Promise<ReadResourceResult> {
  const [, kind, encoded] = /^aiwork:\/\/(flows|runs)\/([^/?#]+)$/.exec(uri) ?? [];
  const id = encoded === undefined ? undefined : decode(encoded);
  const flow = kind === 'flows' && visibleFlows(serving, ctx).find((each) => each.id === id);
  if (flow) return asJson(uri, flow.toGraph());
  if (kind !== 'runs' || id === undefined) throw new ResourceNotFoundError(uri);
  const record = await requireRun(serving, ctx, id, 'read').catch(() => undefined);
  if (!record) throw new ResourceNotFoundError(uri);
  return asJson(uri, await journalOf(serving, record));
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function visibleFlows({ tools }: Serving, ctx: ServerContext): readonly AnyFlow[] {
  const { mayDo } = accessOf(ctx);
  return [...tools.values()]
    .map(({ unit }) => unit)
    .filter(isFlow)
    .filter(({ id }) => mayDo(id, 'read'));
}

const describeFlow = ({ id }: AnyFlow): Resource => ({
  uri: flowUri(id),
  name: id,
  description: `The steps of the flow "${id}".`,
  mimeType,
});

function describeRun({ id, unitId, status, createdAt, updatedAt }: RunRecord): Resource {
  const lastModified = new Date(updatedAt).toISOString();
  const description = `A run of "${unitId}" from ${new Date(createdAt).toISOString()}: ${status}.`;
  return { uri: runUri(id), name: id, description, mimeType, annotations: { lastModified } };
}

/** A journal of a long run is more than a client can take. */
const [maxEvents, maxChars] = [1000, 1_000_000];

async function journalOf({ orchestrator }: Serving, record: RunRecord): Promise<object> {
  const { id, unitId, version, status } = record;
  const kept: { readonly event: object; readonly chars: number }[] = [];
  let chars = 0;
  let leftOut = 0;
  for await (const happened of orchestrator.events(id)) {
    const event = shownOf(happened);
    const own = toReadableJson(event).length;
    kept.push({ event, chars: own });
    chars += own;
    for (; kept.length > maxEvents || chars > maxChars; leftOut += 1) chars -= kept.shift()?.chars ?? chars;
  }
  const events = kept.map(({ event }) => event);
  return { run: id, unit: unitId, version, status, ...(leftOut > 0 && { eventsLeftOut: leftOut }), events };
}

/** Without what is nobody's business but that of who runs the server: stacks, processes, and names of owners. */
function shownOf(event: RunEvent): object {
  const hidden = ['runId', 'owner', 'stints', 'tags', 'digests', 'trace'];
  const fields = Object.entries(event).filter(([field]) => !hidden.includes(field));
  const at = new Date(event.at).toISOString();
  const error = 'error' in event && event.error ? { error: messageOf(event.error) } : {};
  return { ...Object.fromEntries(fields), at, ...error };
}

function messageOf({ message, code, cause }: RunError): object {
  return { message, ...(code !== undefined && { code }), ...(cause && { cause: messageOf(cause) }) };
}

function asJson(uri: string, value: unknown): ReadResourceResult {
  return { contents: [{ uri, mimeType, text: toReadableJson(value) }] };
}
