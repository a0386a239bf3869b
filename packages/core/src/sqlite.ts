export { sqlite } from './embedded/sqlite/sqlite-plugin.ts';
export {
  type SqliteStorage,
  type SqliteStorageOptions,
  sqliteStorage,
} from './embedded/sqlite/sqlite-storage.ts';
