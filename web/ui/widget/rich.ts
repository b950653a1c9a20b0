export { RichCard } from './cards/rich'
export { CaseStrip } from './strip'
export { ComplaintStrip } from './complaint_strip'
