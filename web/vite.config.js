import { defineConfig } from "vite";

// Relative addresses, so that the node may serve the console from any path; nothing inline, so that the strictest
// Content-Security-Policy holds; the worker is a file of its own (worker-src 'self').
export default defineConfig({
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../src/openline/console/assets",
    emptyOutDir: true,
    assetsDir: "app",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
    chunkSizeWarningLimit: 1400,
  },
  worker: { format: "es" },
  server: { proxy: { "/api": "http://127.0.0.1:8471", "/ws": { target: "ws://127.0.0.1:8471", ws: true } } },
});
