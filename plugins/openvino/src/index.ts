export { createOpenvinoRuntime } from './create-openvino-runtime.ts';
export { type Installed, type InstallOptions, installOpenvino } from './install/install-openvino.ts';
export type { FoundLibrary } from './locate/find-library.ts';
export { type OpenvinoStatus, openvinoStatus } from './locate/openvino-status.ts';
export type { OpenvinoOptions } from './options.ts';
