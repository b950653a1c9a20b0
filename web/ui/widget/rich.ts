export { RichCard } from './cards/rich'
export { CaseStrip } from './strip'
