export { type OnnxRuntimePluginOptions, onnxRuntime } from './plugin.ts';
export { createOnnxRuntime } from './runtime.ts';
