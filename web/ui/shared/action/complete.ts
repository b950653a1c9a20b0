// Lists that a case always has, whatever an older or another server leaves out.

import type { CaseView } from '../wire'

/** complete makes missing lists empty, so that nothing that draws a case has to ask. */
export function complete(view: CaseView): CaseView {
  return { ...view, steps: view.steps ?? [], allowed_actions: view.allowed_actions ?? [] }
}
