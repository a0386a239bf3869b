export { type Installed, type InstallOptions, installOpenvino } from './install/install-openvino.ts';
export type { FoundLibrary } from './locate/find-library.ts';
export { type OpenvinoStatus, openvinoStatus } from './locate/openvino-status.ts';
export { openvinoRuntime } from './openvino-runtime.ts';
export type { OpenvinoOptions } from './options.ts';
