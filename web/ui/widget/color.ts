// A host's brand colour as the accent. It is taken only if text on it stays readable.

type RGB = [number, number, number]

function parse(hex: string): RGB | undefined {
  const m = /^#([0-9a-f]{6})$/i.exec(hex.trim())
  if (!m?.[1]) return undefined
  const n = Number.parseInt(m[1], 16)
  return [n >> 16, (n >> 8) & 255, n & 255]
}

export function luminance(rgb: RGB): number {
  const [r, g, b] = rgb.map((c) => {
    const s = c / 255
    return s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4
  }) as RGB
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** The accent and the text colour on it, or undefined for anything that is not #rrggbb. */
export function accent(hex: string): { accent: string; on: string } | undefined {
  const rgb = parse(hex)
  if (!rgb) return undefined
  const l = luminance(rgb)
  return { accent: hex, on: 1.05 / (l + 0.05) >= (l + 0.05) / 0.05 ? '#ffffff' : '#111318' }
}

export function applyAccent(hex: string, style: CSSStyleDeclaration): void {
  const found = accent(hex)
  if (!found) return
  style.setProperty('--accent', found.accent)
  style.setProperty('--accent-hover', `color-mix(in srgb, ${found.accent} 88%, ${found.on === '#ffffff' ? 'black' : 'white'})`)
  style.setProperty('--on-accent', found.on)
}
