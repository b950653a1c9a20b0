import preact from '@preact/preset-vite'
import { defineConfig } from 'vitest/config'

// The pages. Built names are stable, without hashes: the Go server embeds them and sends ETags.
const pages = {
  'widget/app': 'widget/index.html',
  'console/app': 'console/index.html',
  'demo/shop': 'demo/index.html',
  'demo/merchant': 'demo/merchant.html',
}

export default defineConfig({
  plugins: [preact({ devToolsEnabled: false, prefreshEnabled: false })],
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: pages,
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: 'lib/[name].js',
        assetFileNames: (asset) => {
          // The styles of a page stand beside its script.
          const page = asset.originalFileNames.map((f) => Object.keys(pages).find((p) => pages[p as keyof typeof pages] === f)).find((p) => p !== undefined)
          return page ? `${page}[extname]` : 'lib/[name][extname]'
        },
      },
    },
  },
  test: {
    environment: 'jsdom',
    include: ['{shared,widget,loader,console,demo,report}/**/*.test.{ts,tsx}'],
    restoreMocks: true,
  },
})
