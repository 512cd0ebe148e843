import { defineConfig } from "drizzle-kit";

// biome-ignore lint/style/noDefaultExport: drizzle-kit asks for one
export default defineConfig({
  dialect: "sqlite",
  schema: "./server/storage/schema/sqlite.ts",
  out: "./migrations/sqlite",
});
