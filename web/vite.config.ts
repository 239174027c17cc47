import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";
import { served } from "./served/files.ts";

export default defineConfig({
  plugins: [vue(), served()],
  define: { __VUE_OPTIONS_API__: "false", __VUE_PROD_DEVTOOLS__: "false", __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false" },
  build: {
    target: "es2022",
    manifest: true,
    modulePreload: { polyfill: false },
    // A data: URI in a script or style is allowed for images only, so nothing but the icons may be inlined.
    assetsInlineLimit: 0,
    rolldownOptions: {
      // One file for what every visit needs: on a slow line each further request costs more than it spares.
      output: { codeSplitting: { groups: [{ name: "start", tags: ["$initial"] }] } },
    },
  },
  server: {
    proxy: {
      "/api": { target: "http://127.0.0.1:8000" },
      "/ws": { target: "ws://127.0.0.1:8000", ws: true },
    },
  },
});
