/** A format, and when the value ends: near tiers cannot ask the far one. */
export const envelopeBytes = 9;
const format = 1;

export function sealEnvelope(value: Uint8Array, expiresAt: number): Uint8Array {
  const sealed = new Uint8Array(envelopeBytes + value.byteLength);
  const header = new DataView(sealed.buffer);
  header.setUint8(0, format);
  header.setFloat64(1, expiresAt);
  sealed.set(value, envelopeBytes);
  return sealed;
}

/** `undefined` for what was not written by tiers of this version. */
export function openEnvelope(
  sealed: Uint8Array,
): { readonly value: Uint8Array<ArrayBuffer>; readonly expiresAt: number } | undefined {
  if (sealed.byteLength < envelopeBytes) return undefined;
  const header = new DataView(sealed.buffer, sealed.byteOffset, envelopeBytes);
  if (header.getUint8(0) !== format) return undefined;
  return { value: new Uint8Array(sealed.subarray(envelopeBytes)), expiresAt: header.getFloat64(1) };
}
