import preact from '@preact/preset-vite'
import type { Plugin } from 'vite'
import { defineConfig } from 'vite'

/** Puts the script and the styles into the page, so that it is one file and opens from disk. */
function oneFile(): Plugin {
  return {
    name: 'one-file',
    enforce: 'post',
    generateBundle(_, bundle) {
      const parts = Object.values(bundle)
      const page = parts.find((p) => p.type === 'asset' && p.fileName.endsWith('.html'))
      if (page?.type !== 'asset') throw new Error('no page was built')
      let html = String(page.source)
      for (const p of parts) {
        if (p === page) continue
        if (p.type === 'chunk') {
          // A module runs after the page is read; nothing in a script may end it.
          html = html.replace(new RegExp(`<script[^>]*src="[^"]*${p.fileName}"[^>]*></script>`), '')
          html = html.replace('</body>', () => `<script type="module">${p.code.replaceAll('</script', '<\\/script')}</script>\n</body>`)
        } else {
          html = html.replace(new RegExp(`<link[^>]*href="[^"]*${p.fileName}"[^>]*>`), () => `<style>${String(p.source)}</style>`)
        }
        delete bundle[p.fileName]
      }
      page.source = html
      page.fileName = 'page.html'
    },
  }
}

// The report of a replay: one file, embedded by bot/replay/report, which puts the data in.
export default defineConfig({
  root: 'report',
  base: './',
  plugins: [preact({ devToolsEnabled: false, prefreshEnabled: false }), oneFile()],
  build: { outDir: '../../../bot/replay/report', emptyOutDir: false, target: 'es2022', modulePreload: false, cssCodeSplit: false, assetsInlineLimit: 1e9, copyPublicDir: false },
})
