// A piece of evidence as a thumbnail. The viewer is in viewer.tsx, so that it can be loaded when it is needed.
import { Icon, type IconName } from './icon'
import { words } from './words'
import type { EvidenceView } from './wire'

/** What the viewer needs; an EvidenceView fits, and so does an upload of which less is known. */
export type Shown = Pick<EvidenceView, 'id' | 'label' | 'media' | 'name' | 'bytes' | 'text' | 'url' | 'sha256' | 'locked'> & { at?: string }

export function mediaIcon(media: string | undefined): IconName {
  if (media?.startsWith('video')) return 'video'
  if (media?.startsWith('image')) return 'image'
  return 'file'
}

/** How a page gets fresh links when the ones it has do not open any more; set by the page that can. */
export const links: { renew?: (id: string) => Promise<string | undefined> } = {}

export function EvidenceThumb({ item, onOpen }: { item: Shown; onOpen: () => void }) {
  const w = words()
  const image = item.media?.startsWith('image') && item.url
  return (
    <button type="button" class="thumb" onClick={onOpen} aria-label={w.open(item.name ? `${item.label} ${item.name}` : item.label)}>
      {image ? <img src={item.url} alt="" loading="lazy" onError={() => void links.renew?.(item.id)} />
        : item.text ? <span class="thumb-text">{item.text.slice(0, 40)}</span>
        : <Icon name={mediaIcon(item.media)} />}
      {item.locked && <span class="thumb-lock" title={w.locked}><Icon name="lock" class="icon-sm" /></span>}
    </button>
  )
}
