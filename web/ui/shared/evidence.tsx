// Pieces of evidence: a thumbnail, and a viewer over the whole window. The widget imports the two apart.
export { EvidenceThumb, mediaIcon, type Shown } from './thumb'
export { EvidenceViewer } from './viewer'
