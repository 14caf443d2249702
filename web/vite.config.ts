/** How the page is built, served while it is worked on, and tested. */
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const here = fileURLToPath(new URL(".", import.meta.url));
const page = join(here, "../daygen/_ui");
const api = process.env["DAYGEN_API_URL"] ?? `http://127.0.0.1:${process.env["DAYGEN_PORT"] ?? "8080"}`;

/** Puts a `.br` and a `.gz` beside each text file of the build, so that the server only picks one. */
function precompressed(folder: string): Plugin {
  return {
    name: "daygen:precompressed",
    apply: "build",
    closeBundle() {
      for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
        const path = join(folder, name);
        if (!/\.(html|js|css|svg|json)$/.test(name) || !statSync(path).isFile()) continue;
        const content = readFileSync(path);
        const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
        writeFileSync(`${path}.br`, brotliCompressSync(content, brotli));
        writeFileSync(`${path}.gz`, gzipSync(content, { level: constants.Z_BEST_COMPRESSION }));
      }
    },
  };
}

export default defineConfig({
  root: here,
  plugins: [react(), tailwindcss(), precompressed(page)],
  resolve: { alias: { "@": join(here, "src") } },
  build: {
    outDir: page,
    emptyOutDir: true,
    manifest: true,
    target: ["chrome123", "firefox121", "safari17.5"], // the first with light-dark()
    assetsInlineLimit: 0, // the content policy allows no data: address
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: {
      "/v1": { target: api, ws: true },
      "^/(files|docs|openapi.json|sign-in|healthz)": { target: api },
    },
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["vitest.setup.ts"],
    restoreMocks: true,
    testTimeout: 30_000, // a whole page on a machine that does other things too
  },
});
