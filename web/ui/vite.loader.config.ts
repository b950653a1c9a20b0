import { defineConfig } from 'vite'

// widget.js is a classic script for a foreign page: one file, no imports, nothing in the global scope but Recourse.
export default defineConfig({
  build: {
    outDir: '../dist',
    emptyOutDir: false,
    copyPublicDir: false,
    target: 'es2020',
    lib: { entry: 'loader/main.ts', formats: ['iife'], name: 'RecourseLoader', fileName: () => 'widget.js' },
  },
})
