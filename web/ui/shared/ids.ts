/** A client id for a message or an Idempotency-Key: 128 random bits. */
export function newID(prefix = 'c'): string {
  const raw = crypto.getRandomValues(new Uint8Array(16))
  return `${prefix}_${Array.from(raw, (b) => b.toString(16).padStart(2, '0')).join('')}`
}
