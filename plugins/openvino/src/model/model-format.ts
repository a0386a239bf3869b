import type { ModelRuntimeCapabilities } from '@aiwork/core';

export type ModelFormat = ModelRuntimeCapabilities['formats'][number];

/** How many bytes {@link formatOf} wants to see. */
export const headBytes = 16;

const ascii = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/**
 * What a file seems to be by its first bytes, whatever it is called. What is nothing else is taken for ONNX, whose reader
 * then says what is wrong with it.
 */
export function formatOf(head: Uint8Array): ModelFormat {
  const text = ascii(head.subarray(0, headBytes));
  if (/^(\u00ef\u00bb\u00bf)?\s*</.test(text)) return 'openvino-ir';
  if (text.slice(4, 8) === 'TFL3') return 'tflite';
  // TorchScript and exported programs are zip files; pickles begin with their protocol.
  if (text.startsWith('PK') || text.startsWith('\u0080')) return 'pytorch';
  // A graph of TensorFlow begins with a node; ONNX, whose first fields are numbers and short texts, with its version.
  if (text.startsWith('\n')) return 'tensorflow';
  return 'onnx';
}
