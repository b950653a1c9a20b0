// Looking at a picture before it is sent: how large it is, whether there is anything to see, and making it smaller
// when its owner asks for that. Nothing here changes a file by itself.

export type Doubt = 'blurry' | 'dark'

export interface Measured { width: number; height: number; doubts: readonly Doubt[] }

/** The longer side at which sharpness and light are judged, as on the server. */
const LOOK = 512
// Below these a person would hardly see anything; the server has the same. A hint that is wrong costs trust.
const SHARP_MIN = 25
const LIGHT_MIN = 35

/** Formats that browsers can open. HEIC mostly is none of them, and goes up unseen. */
export const openable = (type: string): boolean => type === 'image/jpeg' || type === 'image/png' || type === 'image/webp'

/** Opens a picture; undefined where the browser has no means to. It throws when the picture is damaged. */
export async function measure(file: Blob): Promise<Measured | undefined> {
  if (typeof createImageBitmap !== 'function') return undefined
  const bitmap = await createImageBitmap(file)
  try {
    const { width, height } = bitmap
    const scale = Math.min(1, LOOK / Math.max(width, height))
    const g = canvasOf(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)))?.getContext('2d', { willReadFrequently: true })
    if (!g) return { width, height, doubts: [] }
    g.drawImage(bitmap, 0, 0, g.canvas.width, g.canvas.height)
    const { data } = g.getImageData(0, 0, g.canvas.width, g.canvas.height)
    return { width, height, doubts: doubtsOf(grey(data), g.canvas.width, g.canvas.height) }
  } finally {
    bitmap.close()
  }
}

function canvasOf(width: number, height: number): HTMLCanvasElement | undefined {
  if (typeof document === 'undefined') return undefined
  return Object.assign(document.createElement('canvas'), { width, height })
}

/** Luminance of RGBA pixels. */
export function grey(rgba: Uint8ClampedArray): Float32Array {
  const out = new Float32Array(rgba.length / 4)
  for (let i = 0; i < out.length; i++) {
    out[i] = 0.299 * (rgba[4 * i] ?? 0) + 0.587 * (rgba[4 * i + 1] ?? 0) + 0.114 * (rgba[4 * i + 2] ?? 0)
  }
  return out
}

/** Darkness by the mean, blur by the variance of the Laplacian: how much there is of edges. */
export function doubtsOf(pixels: Float32Array, width: number, height: number): Doubt[] {
  let light = 0
  for (const v of pixels) light += v
  if (light / pixels.length < LIGHT_MIN) return ['dark']
  let sum = 0
  let squares = 0
  let n = 0
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x
      const v = (pixels[at - 1] ?? 0) + (pixels[at + 1] ?? 0) + (pixels[at - width] ?? 0) + (pixels[at + width] ?? 0) - 4 * (pixels[at] ?? 0)
      sum += v
      squares += v * v
      n++
    }
  }
  if (n === 0) return []
  return squares / n - (sum / n) ** 2 < SHARP_MIN ? ['blurry'] : []
}

/** A shrunk picture keeps at least this much on its longer side: small print must stay legible. */
const SHRUNK_MIN = 2000

/** The longer sides to try, largest first; never below SHRUNK_MIN, never larger than the picture. */
export function sides(longer: number): number[] {
  const tries = [longer, 4000, 3000, 2500, SHRUNK_MIN].filter((s) => s <= longer)
  return [...new Set(tries.length > 0 ? tries : [longer])]
}

/** A JPEG of the picture within so many bytes; undefined if it cannot be done without losing what must be legible. */
export async function shrink(file: File, most: number): Promise<File | undefined> {
  const bitmap = await createImageBitmap(file)
  try {
    for (const side of sides(Math.max(bitmap.width, bitmap.height))) {
      const scale = side / Math.max(bitmap.width, bitmap.height)
      const canvas = canvasOf(Math.round(bitmap.width * scale), Math.round(bitmap.height * scale))
      const g = canvas?.getContext('2d')
      if (!canvas || !g) return undefined
      g.fillStyle = '#fff' // what was transparent
      g.fillRect(0, 0, canvas.width, canvas.height)
      g.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
      for (const quality of [0.92, 0.85, 0.75]) {
        const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality))
        if (blob && blob.size <= most) {
          return new File([blob], file.name.replace(/\.\w+$/, '') + '.jpg', { type: 'image/jpeg', lastModified: file.lastModified })
        }
      }
    }
    return undefined
  } finally {
    bitmap.close()
  }
}

/** How long a film is, in seconds; undefined where it does not tell. */
export function lasts(file: Blob, within = 4000): Promise<number | undefined> {
  if (typeof document === 'undefined' || !URL.createObjectURL) return Promise.resolve(undefined)
  const video = document.createElement('video')
  const url = URL.createObjectURL(file)
  return new Promise<number | undefined>((resolve) => {
    const timer = setTimeout(() => resolve(undefined), within)
    const end = (seconds: number | undefined): void => { clearTimeout(timer); resolve(seconds) }
    video.preload = 'metadata'
    video.onloadedmetadata = () => end(Number.isFinite(video.duration) ? video.duration : undefined)
    video.onerror = () => end(undefined)
    video.src = url
  }).finally(() => {
    video.removeAttribute('src')
    URL.revokeObjectURL(url)
  })
}
