/**
 * An ONNX file that multiplies two matrices, `a` and `b`, into `y`. It is what `writeOnnx` of `@aiwork/onnx-format` writes,
 * which this command would need for nothing else; its test compares them.
 */
export const productModel: Uint8Array<ArrayBuffer> = Uint8Array.from(
  Buffer.from(
    'CAgSBmFpd29yazpfChEKAWEKAWISAXkiBk1hdE11bBIFZ3JhcGhaFQoBYRIQCg4IARIKCgMSAW0KAxIBa1oVCgFiEhAKDggBEgoKAxIBawoDEgFuYhUKAXkSEAoOCAESCgoDEgFtCgMSAW5CBAoAEA0=',
    'base64',
  ),
);
