import { words } from './rich_words'

/** What a photograph of a parcel should show (F1-10): the product itself, the waybill, the accessories. */
export function Sketch({ kind }: { kind: string }) {
  if (kind !== 'parcel_photo' && kind !== 'return_parcel_photo') return null
  const w = words()
  return (
    <figure class="sketch">
      <svg viewBox="0 0 240 96" role="img" aria-label={w.sketch}>
        <rect x="1" y="1" width="238" height="94" rx="8" class="sketch-frame" />
        <path d="M18 34l38-14 38 14v38l-38 14-38-14zM18 34l38 14 38-14M56 48v38" class="sketch-line" />
        <rect x="118" y="20" width="56" height="40" rx="3" class="sketch-line" />
        <path d="M125 28v16M129 28v16M135 28v16M139 28v16M147 28v16M151 28v16M157 28v16M165 28v16M125 52h42" class="sketch-line" />
        <circle cx="204" cy="30" r="9" class="sketch-line" />
        <path d="M192 56c0 14 24 0 24 16M136 74h24v10h-24z" class="sketch-line" />
      </svg>
      <figcaption class="hint">{w.sketchParts}</figcaption>
    </figure>
  )
}
