import type { SqliteSchema } from '@aiwork/core/adapter-kit';

/**
 * `used` is a clock of its own that counts reads and writes: entries with the smallest are evicted. `total` is kept by
 * triggers, in the transaction that changes it, so that it is right whoever was killed when.
 */
export const diskSchema: SqliteSchema = {
  // "aiwc"
  applicationId: 0x61697763,
  migrations: [
    `CREATE TABLE entry (
       namespace TEXT NOT NULL,
       key TEXT NOT NULL,
       size INTEGER NOT NULL,
       used INTEGER NOT NULL,
       expires_at REAL,
       value BLOB NOT NULL,
       UNIQUE (namespace, key)
     ) STRICT;
     CREATE INDEX entry_used ON entry (namespace, used, size);
     CREATE INDEX entry_expiry ON entry (expires_at) WHERE expires_at IS NOT NULL;
     CREATE TABLE total (namespace TEXT PRIMARY KEY, bytes INTEGER NOT NULL, used INTEGER NOT NULL) STRICT;
     CREATE TRIGGER entry_insert AFTER INSERT ON entry BEGIN
       UPDATE total SET bytes = bytes + new.size WHERE namespace = new.namespace;
     END;
     CREATE TRIGGER entry_delete AFTER DELETE ON entry BEGIN
       UPDATE total SET bytes = bytes - old.size WHERE namespace = old.namespace;
     END;`,
  ],
};
