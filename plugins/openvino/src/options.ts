/** @since 0.1.0 */
export interface OpenvinoOptions {
  /**
   * OpenVINO's C library, or a folder that has it. Default: what `AIWORK_OPENVINO` or `INTEL_OPENVINO_DIR` names, the
   * package `openvino` of the Python on `PATH`, one of the system, or what `aiwork openvino install` has fetched.
   */
  readonly library?: string;
  /**
   * Properties of the engine that have no option of their own, by the engine's names, for every model that is loaded, such
   * as `{ ENABLE_HYPER_THREADING: 'NO' }`.
   */
  readonly properties?: Readonly<Record<string, string>>;
}
