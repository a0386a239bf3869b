export { openvinoRuntime } from './openvino-runtime.ts';
export type { OpenvinoOptions } from './options.ts';
