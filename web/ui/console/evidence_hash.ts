// Whether a file is the one that was received.

export type Checked = 'same' | 'differs' | 'unread'

const hex = (raw: ArrayBuffer): string => [...new Uint8Array(raw)].map((b) => b.toString(16).padStart(2, '0')).join('')

/** checkHash reads a file and compares its SHA-256 with the one that was noted. What cannot be read is not judged. */
export async function checkHash(url: string, sha256: string, get: typeof fetch = fetch): Promise<Checked> {
  try {
    const response = await get(url, { cache: 'no-store' })
    if (!response.ok) return 'unread'
    const sum = hex(await crypto.subtle.digest('SHA-256', await response.arrayBuffer()))
    return sum === sha256.toLowerCase() ? 'same' : 'differs'
  } catch {
    return 'unread' // the network, or a page without crypto (plain http)
  }
}
