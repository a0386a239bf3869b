/** Where a service answers. @since 0.1.0 */
export interface Address {
  readonly host: string;
  readonly port: number;
}
