export type {
  ExternalData,
  OnnxAttribute,
  OnnxInitializer,
  OnnxModel,
  OnnxNode,
  OnnxValue,
} from './onnx-model.ts';
export { readOnnx, readOnnxValues } from './read-onnx.ts';
export { writeOnnx } from './write-onnx.ts';
