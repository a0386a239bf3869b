/** A record to be sent. */
export interface OutgoingRecord {
  readonly topic: string;
  /** Records of one key lie in one partition, in order. */
  readonly key: string | undefined;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** A record as it lies in its partition. */
export interface StoredRecord {
  readonly offset: number;
  readonly key: string | undefined;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** When it was sent, in milliseconds since the Unix epoch. */
  readonly sentAt: number;
}

export interface NewTopic {
  readonly topic: string;
  readonly partitions: number;
  /** -1: what the brokers are set to. */
  readonly replicationFactor: number;
  /** How long records are kept, in milliseconds; -1: for ever. */
  readonly retentionMs: number;
}

/** What lies in a partition: from `low` up to, and without, `high`. */
export interface PartitionRange {
  readonly partition: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Sends records, one batch after the other. After a batch failed it is of no use any more: whether its records, or what
 * is sent next, were stored cannot be told.
 */
export interface Sender {
  /**
   * Resolves when all replicas that are in sync have all records.
   *
   * @throws UncertainError when it is refused, and some of them may be stored.
   */
  send(records: readonly OutgoingRecord[]): Promise<void>;
  /** Sends nothing any more, also nothing of what it is trying. */
  close(): Promise<void>;
}

/** What a reader tells, in this order: it is assigned partitions, gives their records, is assigned others … and ends. */
export interface ReaderListener {
  /** These partitions are its own now, and no others. `anew`: it was away, so others may have worked on all of them. */
  assigned(partitions: readonly number[], membership: 'continued' | 'anew'): void;
  /** The group is about to share its partitions out anew. What is to be committed before has to be now. */
  rebalancing(): void;
  /** In the order of their offsets, never of a partition that is not assigned; perhaps some again after `assigned`. */
  records(batch: ReadBatch): void;
  /** What there was when the partitions were assigned is read, or the first of it. */
  begun(): void;
  /** The group knows that it lives. */
  alive(): void;
  /** It ended by itself: nothing comes any more, and it is to be closed. */
  failed(error: unknown): void;
}

export interface ReadBatch {
  readonly partition: number;
  readonly records: readonly StoredRecord[];
  /** Where the next batch begins. */
  readonly nextOffset: number;
  /** Where the partition ends. */
  readonly high: number;
}

/** The records of a topic's only partition from an offset up to, and without, another, as far as they are there. */
export interface RecordRange {
  readonly topic: string;
  readonly from: number;
  readonly upTo: number;
  /** Aborts when nobody waits for them any more. */
  readonly signal: AbortSignal;
}

/** How far a group is in a partition. */
export interface Commit {
  readonly nextOffset: number;
  /** What whoever committed it has to say to who takes the partition over; no more than 4096 bytes. */
  readonly note: string;
}

/** One member of the group that shares the work of a topic. */
export interface Reader {
  /** What the group knows it by. */
  member(): string;
  pause(partition: number): void;
  resume(partition: number): void;
  /** Never for a partition that is not its own. */
  commit(commits: ReadonlyMap<number, Commit>): Promise<void>;
  /** Leaves the group. */
  close(): Promise<void>;
}

export interface ReaderOptions {
  readonly topic: string;
  readonly group: string;
  readonly sessionTimeoutMs: number;
  /** A member that broke off without leaving: the group is not to wait for it any more. */
  readonly formerMember?: string;
}

/** All that is asked of a Kafka client, so that another one can be put in its place. */
export interface KafkaDriver {
  /** Those of `topics` that there are. */
  existing(topics: readonly string[]): Promise<ReadonlySet<string>>;
  /** Makes those that are missing. */
  create(topics: readonly NewTopic[]): Promise<void>;
  /** Whether brokers know all of `topics` and lead their partitions: they do a moment after they were made. */
  led(topics: readonly string[]): Promise<boolean>;
  rangesOf(topic: string): Promise<readonly PartitionRange[]>;
  /** By partition; without those that the group committed nothing for. */
  committed(topic: string, group: string): Promise<ReadonlyMap<number, Commit>>;
  read(range: RecordRange): Promise<readonly StoredRecord[]>;
  /**
   * Stores what `prepare` gives in several topics, all or nothing, unless somebody else began a transaction of this name
   * meanwhile.
   */
  inTransaction(name: string, prepare: () => Promise<readonly OutgoingRecord[]>): Promise<void>;
  /**
   * Whether a transaction that failed with this may succeed when it is done again: another one of its name was begun
   * meanwhile, or a broker had trouble of its own. The failed one may be stored all the same.
   */
  isWorthRepeating(error: unknown): boolean;
  openSender(): Promise<Sender>;
  openReader(options: ReaderOptions, listener: ReaderListener): Promise<Reader>;
  close(): Promise<void>;
}
