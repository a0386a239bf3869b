import { readFile } from 'node:fs/promises';
import { isAbsolute, join, normalize, sep } from 'node:path';
import { AiworkError } from '@aiwork/core';
import { addressOf } from '../engine/native.ts';
import { lasting } from './lasting.ts';
import { type ExternalEntries, placeExternalData, visitModel } from './onnx-wire.ts';
import { unreadable } from './unreadable.ts';

// The engine takes a tensor at this location from the address that the file names as its offset. That is how bytes are
// given to it, and why no file may say it: it could name any address.
const memoryLocation = '*/_ORT_MEM_ADDR_/*';

function locationOf(entries: ExternalEntries, what: string): string {
  const location = entries.get('location');
  if (location === undefined || location === '')
    throw unreadable(what, 'it does not say where its weights are');
  if (location === memoryLocation) throw unreadable(what, 'it says that its weights lie in memory');
  return location;
}

/** Refuses a location outside the folder of the model, which a file from elsewhere has no business to read. */
function checkInside(location: string, what: string): void {
  const inside = normalize(location);
  if (isAbsolute(location) || inside === '..' || inside.startsWith(`..${sep}`)) {
    throw unreadable(what, `it takes its weights from outside its folder, at "${location}"`);
  }
}

function readable<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (AiworkError.isInstance(error)) throw error;
    // What the wire format throws.
    const why = error instanceof Error ? error.message : String(error);
    throw unreadable(what, `it is no ONNX model, or a damaged one (${why})`, error);
  }
}

// Operations that compute in integers.
const quantizing = /^(?:(?:Dynamic)?QuantizeLinear|DequantizeLinear|MatMulInteger|ConvInteger|QLinear\w+)$/;

/** What there is to know of an ONNX model before the engine sees it. */
export interface OnnxFacts {
  /** The names under which it has weights outside. */
  readonly locations: ReadonlySet<string>;
  readonly quantized: boolean;
}

/**
 * Looks through an ONNX model, and refuses one that takes its weights from where it must not.
 *
 * @throws `AIWORK_MODEL_UNREADABLE`.
 */
export function factsOf(model: Uint8Array, what: string): OnnxFacts {
  const locations = new Set<string>();
  let quantized = false;
  let operatorSets = 0;
  readable(what, () =>
    visitModel(model, {
      external: (entries) => locations.add(locationOf(entries, what)),
      operator: (name) => {
        quantized ||= quantizing.test(name);
      },
      operatorSet: () => {
        operatorSets += 1;
      },
    }),
  );
  // The engine would take the newest ones it knows, and so load what is left of a file that was cut off before its end.
  if (operatorSets === 0) throw unreadable(what, 'it does not say which operators it uses');
  return { locations, quantized };
}

/** Refuses an ONNX file that leads out of its folder, before the engine follows it. */
export function checkWeightFiles({ locations }: OnnxFacts, what: string): void {
  for (const location of locations) checkInside(location, what);
}

async function fromFolder(folder: string, location: string, what: string): Promise<Uint8Array> {
  checkInside(location, what);
  try {
    return await readFile(join(folder, location));
  } catch (error) {
    throw unreadable(what, `its weights "${location}" are not in ${folder}`, error);
  }
}

function whole(text: string | undefined, standard: number, what: string): number {
  const value = text === undefined ? standard : Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw unreadable(what, `its weights lie at ${text}`);
}

export interface ModelWeights {
  readonly weights?: ReadonlyMap<string, Uint8Array> | undefined;
  readonly weightsFolder?: string | undefined;
}

/** An ONNX model whose weights the engine finds in memory, and what has to live as long as it reads from there. */
export async function withWeightsInMemory(
  model: Uint8Array,
  { locations }: OnnxFacts,
  { weights, weightsFolder }: ModelWeights,
  what: string,
): Promise<{ readonly bytes: Uint8Array; readonly held: readonly Uint8Array[] }> {
  if (locations.size === 0) return { bytes: model, held: [] };
  const held = new Map<string, Uint8Array>();
  for (const location of locations) {
    const given = weights?.get(location);
    if (given !== undefined) held.set(location, await lasting(given));
    else if (weightsFolder !== undefined) held.set(location, await fromFolder(weightsFolder, location, what));
    else throw unreadable(what, `its weights "${location}" are not given: put them into \`weights\``);
  }
  const place = (entries: ExternalEntries): ExternalEntries => {
    const location = locationOf(entries, what);
    const data = held.get(location) ?? new Uint8Array(0);
    const offset = whole(entries.get('offset'), 0, what);
    const length = whole(entries.get('length'), data.byteLength - offset, what);
    if (offset + length > data.byteLength) {
      throw unreadable(
        what,
        `it takes bytes ${offset} to ${offset + length} of its weights "${location}", which have ${data.byteLength}`,
      );
    }
    return new Map([
      ['location', memoryLocation],
      ['offset', String(addressOf(data) + BigInt(offset))],
      ['length', String(length)],
    ]);
  };
  return { bytes: readable(what, () => placeExternalData(model, place)), held: [...held.values()] };
}
