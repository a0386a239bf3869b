const floats = new Float32Array(1);
const bits = new Uint32Array(floats.buffer);

/** The bits of the half-precision float that is nearest to a number, of two the even one. */
function toBits(value: number): number {
  floats[0] = value;
  const whole = bits[0] ?? 0;
  const sign = (whole >>> 16) & 0x8000;
  const magnitude = whole & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  // Below 2 ** -14 the steps are all 2 ** -24.
  if (magnitude < 0x38800000) return sign | roundHalfEven(Math.abs(value) * 2 ** 24);
  return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
}

function roundHalfEven(value: number): number {
  const down = Math.floor(value);
  const rest = value - down;
  return rest > 0.5 || (rest === 0.5 && down % 2 === 1) ? down + 1 : down;
}

function fromBits(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Numbers as the bits of half-precision floats; what is larger than the largest becomes infinite. */
export function toFloat16(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, toBits);
}

const decoded = new Map<number, Float32Array>();

/** The numbers that bits of half-precision floats stand for. */
export function fromFloat16(halves: Uint16Array): Float32Array {
  const table = decoded.get(0) ?? Float32Array.from({ length: 65536 }, (_, half) => fromBits(half));
  decoded.set(0, table);
  return Float32Array.from(halves, (half) => table[half] ?? NaN);
}
