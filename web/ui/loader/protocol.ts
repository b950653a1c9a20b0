// The messages between the loader and the iframe, as the loader sees them. The iframe's side is widget/host.ts.

export interface Envelope { recourse: 1; type: string; [field: string]: unknown }

export function isEnvelope(v: unknown): v is Envelope {
  return typeof v === 'object' && v !== null && (v as Record<string, unknown>)['recourse'] === 1 && typeof (v as Record<string, unknown>)['type'] === 'string'
}

/** A message counts only if it comes from our frame's window and from our server's origin. */
export function fromFrame(event: MessageEvent<unknown>, frame: Window | null, origin: string): Envelope | undefined {
  if (!frame || event.source !== frame || event.origin !== origin) return undefined
  return isEnvelope(event.data) ? event.data : undefined
}
