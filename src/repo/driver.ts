import type { Driver, TransactionSettings } from "kysely";
import { Lease, type Report } from "./lease.ts";
import type { Pool } from "./pool.ts";

/**
 * Kysely's driver over a pool.
 *
 * Transactions begin `immediate`: one that reads first and writes later would otherwise fail as soon as
 * somebody else has written in between. Those declared `read only` take no lock, see one state of the
 * database throughout, and cannot write.
 */
export function poolDriver(pool: Pool, report: Report): Driver {
  const readOnly = new WeakSet<object>();

  async function endTransaction(lease: Lease, statement: "commit" | "rollback"): Promise<void> {
    if (statement === "commit" || (await lease.inTransaction())) await lease.run(statement, "write");
    if (readOnly.delete(lease)) await lease.run("pragma query_only = off", "read");
  }

  return {
    async init() {},
    async acquireConnection() {
      return new Lease(pool, report);
    },
    async beginTransaction(connection, settings) {
      const lease = connection as Lease;
      if (!isReadOnly(settings)) return lease.run("begin immediate", "write");
      await lease.run("begin", "read");
      readOnly.add(lease);
      await lease.run("pragma query_only = on", "read");
    },
    commitTransaction: (connection) => endTransaction(connection as Lease, "commit"),
    rollbackTransaction: (connection) => endTransaction(connection as Lease, "rollback"),
    savepoint: (connection, name) => (connection as Lease).run(`savepoint ${quoted(name)}`, "write"),
    rollbackToSavepoint: (connection, name) => (connection as Lease).run(`rollback to ${quoted(name)}`, "write"),
    releaseSavepoint: (connection, name) => (connection as Lease).run(`release ${quoted(name)}`, "write"),
    releaseConnection: (connection) => (connection as Lease).release(),
    destroy: () => pool.close(),
  };
}

function isReadOnly({ accessMode }: TransactionSettings): boolean {
  return accessMode === "read only";
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
