const format = { loaded: 2, absent: 3 } as const;
const headerBytes = 9;

/** What was loaded, and until when it is fresh. */
export function sealLoaded(value: Uint8Array, freshUntil: number): Uint8Array {
  const sealed = new Uint8Array(headerBytes + value.byteLength);
  const header = new DataView(sealed.buffer);
  header.setUint8(0, format.loaded);
  header.setFloat64(1, freshUntil);
  sealed.set(value, headerBytes);
  return sealed;
}

/** That there is nothing. */
export function sealAbsent(): Uint8Array {
  return Uint8Array.of(format.absent);
}

export type Loaded<T> =
  | { readonly kind: 'absent' }
  | { readonly kind: 'loaded'; readonly value: T; readonly freshUntil: number };

/** `undefined` for what cannot be read: something else wrote it, or another version of the program. */
export function openLoaded<T>(sealed: Uint8Array, decode: (bytes: Uint8Array) => T): Loaded<T> | undefined {
  if (sealed[0] === format.absent) return { kind: 'absent' };
  if (sealed[0] !== format.loaded || sealed.byteLength < headerBytes) return undefined;
  const freshUntil = new DataView(sealed.buffer, sealed.byteOffset, headerBytes).getFloat64(1);
  try {
    return { kind: 'loaded', value: decode(sealed.slice(headerBytes)), freshUntil };
  } catch {
    return undefined;
  }
}
