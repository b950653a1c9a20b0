// Prints what a browser fetches until the widget can show the first message, and fails over the budget.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const BUDGET = 30 * 1024
const dist = new URL('../../dist/', import.meta.url)
const html = readFileSync(new URL('widget/index.html', dist), 'utf8')
const scripts = ['/widget.js', ...Array.from(html.matchAll(/(?:src|href)="(\/[^"]+\.js)"/g), (m) => m[1])]
let sum = 0
for (const path of scripts) {
  const size = gzipSync(readFileSync(new URL(`.${path}`, dist)), { level: 9 }).length
  sum += size
  console.log(`${String(size).padStart(7)}  ${path}`)
}
console.log(`${String(sum).padStart(7)}  JavaScript to the first message, gzip (budget ${BUDGET})`)
if (sum > BUDGET) process.exitCode = 1
