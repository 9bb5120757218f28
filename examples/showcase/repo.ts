import { fileURLToPath } from "node:url";
import { repo } from "anqa/repo";
import type { Generated } from "kysely";
import type { Message } from "./messages.ts";

interface Database {
  messages: Omit<Message, "id"> & { id: Generated<number> };
}

/** The chat's database. */
export const Repo = repo<Database>({
  database: fileURLToPath(new URL("showcase.db", import.meta.url)),
  migrations: {
    "001_messages": {
      async up(database) {
        await database.schema
          .createTable("messages")
          .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
          .addColumn("room", "text", (column) => column.notNull())
          .addColumn("user", "text", (column) => column.notNull())
          .addColumn("body", "text", (column) => column.notNull())
          .addColumn("inserted_at", "text", (column) => column.notNull())
          .execute();
        await database.schema.createIndex("messages_by_room").on("messages").columns(["room", "id"]).execute();
      },
    },
  },
});
