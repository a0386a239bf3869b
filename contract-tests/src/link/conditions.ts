/** An answer of the service that is to be thrown away. */
export interface PlannedLoss {
  /** How many answers pass before it. */
  after: number;
  /** Whether nothing passes any more once it has happened. */
  readonly hold: boolean;
  happened: boolean;
}

/** What holds for all connections of a link. */
export interface Conditions {
  /** Nothing passes. */
  held: boolean;
  /** How long everything takes in each direction, in milliseconds. */
  delayMs: number;
  loss: PlannedLoss | undefined;
}
