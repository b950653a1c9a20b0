// Fresh links to the evidence of a case. Those of the last state are good for minutes; a page may be looked at for longer.
import { Api } from '../shared/api'
import { links } from '../shared/thumb'
import type { EvidenceList } from '../shared/wire'
import type { App } from './context'

/** Pictures fail together; one question is enough for all of them. */
const TOGETHER = 3000

/** Lets pictures and the viewer renew their links, and puts the fresh ones where everybody reads them. */
export function renewLinks({ chat, host }: Pick<App, 'chat' | 'host'>): void {
  let refused: string | undefined
  const api = new Api({ token: () => refused ?? chat.bearer() })
  let asked: { at: number; list: Promise<EvidenceList> } | undefined
  const ask = async (id: string): Promise<EvidenceList> => {
    const path = `/api/buyer/cases/${id}/evidence`
    try {
      return await api.get<EvidenceList>(path)
    } catch {
      refused = await host.token(true) // the session may have ended
      return api.get<EvidenceList>(path)
    }
  }
  links.renew = async (piece) => {
    const now = chat.state.value?.case
    if (!now?.evidence?.some((e) => e.id === piece)) return undefined
    if (!asked || Date.now() - asked.at > TOGETHER) asked = { at: Date.now(), list: ask(now.id) }
    const { evidence } = await asked.list
    const state = chat.state.value
    if (state?.case?.id === now.id) {
      const fresh = state.case.evidence?.map((e) => ({ ...e, ...evidence.find((f) => f.id === e.id) }))
      chat.state.value = { ...state, case: { ...state.case, ...(fresh ? { evidence: fresh } : {}) } }
    }
    return evidence.find((e) => e.id === piece)?.url
  }
}
