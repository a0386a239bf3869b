export { createOpenvinoRuntime } from './create-openvino-runtime.ts';
export { type Installed, type InstallOptions, installOpenvino } from './install/install-openvino.ts';
export type { FoundLibrary } from './locate/find-library.ts';
export { type OpenvinoStatus, openvinoStatus } from './locate/openvino-status.ts';
export type { Origin, Place } from './locate/places.ts';
export type { OpenvinoOptions } from './options.ts';
export { type OpenvinoPluginOptions, openvino } from './plugin.ts';
export type { AccuracyDrop } from './quantize/accuracy.ts';
export type { CalibrationSample } from './quantize/calibration.ts';
export {
  type QuantizedModel,
  type QuantizeOptions,
  quantizeModel,
} from './quantize/quantize-model.ts';
export { infer, type SimpleInput } from './simple/infer.ts';
export { type OptimizeOptions, optimizeModel } from './simple/optimize-model.ts';
export type { NestedNumbers } from './simple/to-tensor.ts';
