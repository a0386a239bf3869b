/** Strings by number, from 0, as they lie in a file: nothing is made of them before it is asked for. */
export interface StoredStrings {
  readonly size: number;
  at(number: number): string;
  find(text: string): number | undefined;
}

/** What strings are written down as. */
export interface StringColumns {
  /** UTF-16, so that any string survives. */
  readonly units: Uint16Array;
  /** Where each ends. */
  readonly ends: Uint32Array;
  /** Numbers, plus 1, where the hash of their string says, or behind it; 0 where there is none. A power of two of them. */
  readonly slots: Uint32Array;
}

/** FNV-1a over code units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

export function stringColumnsOf(strings: readonly string[]): StringColumns {
  const ends = new Uint32Array(strings.length);
  let length = 0;
  for (const [i, text] of strings.entries()) {
    length += text.length;
    ends[i] = length;
  }
  const units = new Uint16Array(length);
  const slots = new Uint32Array(2 ** Math.ceil(Math.log2(2 * strings.length + 2)));
  let at = 0;
  for (const [i, text] of strings.entries()) {
    for (let unit = 0; unit < text.length; unit += 1) units[at++] = text.charCodeAt(unit);
    let slot = hashOf(text) & (slots.length - 1);
    while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
    slots[slot] = i + 1;
  }
  return { units, ends, slots };
}

export function storedStrings({ units, ends, slots }: StringColumns): StoredStrings {
  const bytes = Buffer.from(units.buffer, units.byteOffset, units.byteLength);
  const mask = slots.length - 1;
  const startOf = (number: number): number => (number === 0 ? 0 : (ends[number - 1] as number));

  function isAt(number: number, text: string): boolean {
    const start = startOf(number);
    if ((ends[number] as number) - start !== text.length) return false;
    for (let i = 0; i < text.length; i += 1) if (units[start + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  return {
    size: ends.length,
    at: (number) => bytes.toString('utf16le', 2 * startOf(number), 2 * (ends[number] as number)),
    find(text) {
      let slot = hashOf(text) & mask;
      // There is an empty slot, unless somebody forged the file: then once round is enough.
      for (let tries = 0; tries <= mask; tries += 1) {
        const found = slots[slot] as number;
        if (found === 0) return undefined;
        if (isAt(found - 1, text)) return found - 1;
        slot = (slot + 1) & mask;
      }
      return undefined;
    },
  };
}
