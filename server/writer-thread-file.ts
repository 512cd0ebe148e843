/** What `openSqlite` starts its writer thread with. */
export const writerThreadFile = new URL("./writer-thread.ts", import.meta.url);
