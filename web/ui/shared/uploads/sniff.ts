// What a file is, by its first bytes. A name or a MIME type proves nothing: phones give HEIC with an empty type.

/** Enough for every signature that is looked for. */
const HEAD = 32

const ascii = (b: Uint8Array, from: number, to: number): string => String.fromCharCode(...b.subarray(from, to))

const heic = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs', 'mif1', 'msf1'])
const film = /^(isom|iso[2-9]|mp4[12]|avc1|dash|m4v |msnv|3gp|3g2|f4v )/i

/** The media type that the bytes tell, '' for one that cannot be evidence. */
export function typeOf(head: Uint8Array): string {
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return 'image/jpeg'
  if (head[0] === 0x89 && ascii(head, 1, 4) === 'PNG') return 'image/png'
  if (ascii(head, 0, 4) === 'RIFF' && ascii(head, 8, 12) === 'WEBP') return 'image/webp'
  if (ascii(head, 0, 4) === '%PDF') return 'application/pdf'
  if (ascii(head, 4, 8) !== 'ftyp') return ''
  const brand = ascii(head, 8, 12)
  if (heic.has(brand)) return 'image/heic'
  if (brand === 'qt  ') return 'video/quicktime'
  return film.test(brand) ? 'video/mp4' : ''
}

/** Reads the first bytes of a file. It throws what reading a file throws. */
export async function sniff(file: Blob): Promise<string> {
  return typeOf(new Uint8Array(await file.slice(0, HEAD).arrayBuffer()))
}
