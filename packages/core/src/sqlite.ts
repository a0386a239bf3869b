export {
  type SqliteStorage,
  type SqliteStorageOptions,
  sqliteStorage,
} from './embedded/sqlite/sqlite-storage.ts';
