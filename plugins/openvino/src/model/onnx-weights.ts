import { readFile } from 'node:fs/promises';
import { isAbsolute, join, normalize, sep } from 'node:path';
import { addressOf } from '../engine/native.ts';
import { type ExternalEntries, placeExternalData } from './onnx-wire.ts';
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

function mapped(
  model: Uint8Array,
  what: string,
  place: (entries: ExternalEntries) => ExternalEntries,
): Uint8Array {
  try {
    return placeExternalData(model, place);
  } catch (error) {
    // What the wire format throws is a plain error, or one of an argument.
    if (error instanceof Error && error.name !== 'AiworkError') {
      throw unreadable(what, `it is no ONNX model, or a damaged one (${error.message})`, error);
    }
    throw error;
  }
}

/** Looks at where an ONNX file takes its weights from, before the engine follows it there. */
export function checkWeightFiles(model: Uint8Array, what: string): void {
  mapped(model, what, (entries) => {
    checkInside(locationOf(entries, what), what);
    return entries;
  });
}

/** The names under which a model has weights outside. */
function locationsOf(model: Uint8Array, what: string): ReadonlySet<string> {
  const locations = new Set<string>();
  mapped(model, what, (entries) => {
    locations.add(locationOf(entries, what));
    return entries;
  });
  return locations;
}

/** Bytes that nobody else can change the size of, or take away: those of a `SharedArrayBuffer` are such already. */
export const lasting = (bytes: Uint8Array): Uint8Array =>
  bytes.buffer instanceof SharedArrayBuffer ? bytes : Uint8Array.from(bytes);

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
  { weights, weightsFolder }: ModelWeights,
  what: string,
): Promise<{ readonly bytes: Uint8Array; readonly held: readonly Uint8Array[] }> {
  const held = new Map<string, Uint8Array>();
  for (const location of locationsOf(model, what)) {
    const given = weights?.get(location);
    if (given !== undefined) held.set(location, lasting(given));
    else if (weightsFolder !== undefined) held.set(location, await fromFolder(weightsFolder, location, what));
    else throw unreadable(what, `its weights "${location}" are not given: put them into \`weights\``);
  }
  const bytes = mapped(model, what, (entries) => {
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
  });
  return { bytes, held: [...held.values()] };
}
