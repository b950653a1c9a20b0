// What of a brief is shown first, and what has changed so that it must be read again. No markup.

import { dateTime, money } from '../shared/format'
import type { Brief, BriefFact, CaseView, State } from '../shared/wire'
import { briefWords } from './brief_words'

/** A key that has no name here is shown as it is rather than not at all. */
export const named = (names: Readonly<Record<string, string>>, key: string): string => names[key] ?? key

/** factText is a fact as one line: its words, its amount, its time, as far as it has them. */
export function factText(fact: BriefFact): string {
  const w = briefWords()
  const text = fact.key.startsWith('answer.') ? named(w.answers, fact.text ?? '') : fact.text
  return [text, fact.amount_fen ? money(fact.amount_fen) : '', fact.at ? dateTime(fact.at) : ''].filter(Boolean).join(' · ')
}

/** Facts that nobody needs to see twice: the pane under the brief shows the order. */
const elsewhere = new Set(['order', 'shop', 'order_status'])

/** leading are the facts that are shown at once; the others are behind a tap. */
export function leading(facts: readonly BriefFact[], most = 8): readonly BriefFact[] {
  return facts.filter((fact) => !elsewhere.has(fact.key)).slice(0, most)
}

/** temper is the mood that counts: distress before a threat, that before anger, and how often. */
export function temper(brief: Pick<Brief, 'mood'>): { kind: string; times: number } | undefined {
  for (const kind of ['distress', 'threat', 'anger']) {
    const times = brief.mood.filter((m) => m.kind === kind).length
    if (times > 0) return { kind, times }
  }
  return undefined
}

/** stamp changes when the brief may have changed: with who talks, with the log, and with the case. */
export function stamp(state: Pick<State, 'epoch' | 'holder'> | undefined, upTo: number, view: Pick<CaseView, 'id' | 'version'> | undefined): string {
  return [state?.epoch ?? 0, state?.holder ?? '', upTo, view?.id ?? '', view?.version ?? 0].join('/')
}
