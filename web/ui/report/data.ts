// What the page is given; the Go side is bot/replay and bot/replay/report.
export interface Pos { file: string; line?: number }
export interface Ranked { topic: string; p: number }

export interface CardData {
  kind: string
  title?: string
  orders?: { order: string; title: string; shop: string; status: string; paid_fen: number }[]
  verdict?: { kind: string; code: string; headline: string; reason?: string; amount_fen?: number; freight?: string; deadline?: string; still_open?: string[]; clauses?: { id: string; text: string }[] }
  checklist?: { kinds: { label: string }[]; required: boolean; done: boolean }[]
  rows?: { label: string; value: string }[]
  deadline?: string
  deadline_label?: string
  buttons?: { action: string; label: string; style?: string }[]
}

export interface Said { by: string; kind: string; key?: string; text?: string; topic?: string; code?: string; facts?: string[]; card?: CardData }
export interface Answer { decision: string; topic?: string; ranked?: Ranked[]; confidence: number; said?: Said[] }
export interface View {
  said?: Said[]
  did?: string
  heard?: { intent?: string; topic?: string; reason?: string; angry?: boolean }
  holder: string
  agent?: string
  step?: string
  case?: { state: string; reason?: string; amount_fen?: number; deadlines?: Record<string, string> }
  moves?: string[]
  now: string
}
export interface Failure { step?: number; pos: Pos; what: string; want: string; got: string }
export interface Trial { times: number; failures?: Failure[]; answer?: Answer; views?: View[]; took_us?: number }
export interface Asked { text: string; topic: string; accept?: string[]; state?: string }
export interface Result {
  id: string; pos: Pos; lang: string; tags?: string[]; tier: string; review?: string; status: string; why?: string
  question?: Asked; trials?: Trial[]
}
export interface Run {
  format: number
  about: { stage: string; policy: string; faq: string; model?: string }
  seed: number; repeat: number; filter?: string; shard?: string; started?: string; took_ms?: number; complete: boolean
  cases: Result[] | null
}
export interface TopicScore { topic: string; wanted: number; given: number; right: number; precision: number; recall: number; f1: number }
export interface Cell { want: string; got: string; cases: number[] }
export interface Bin { from: number; to: number; n: number; mean: number; right: number }
export interface Scores {
  questions: number; right: number; asked_right: number; asked_wrong: number; wrong: number; refused: number; macro_f1: number
  topics: TopicScore[] | null; cells: Cell[] | null; bins: Bin[] | null; ece: number
}
export interface Touched { of: number; seen: Record<string, number>; missed: string[] }
export interface Coverage { topics: Touched; steps: Touched; states: Touched; transitions: Touched }
export interface Point { name: string; started: string; cases: number; status: Record<string, number>; questions: number; right: number; macro_f1: number }
export interface Page { run: Run; scores: Scores; coverage: Coverage; names?: Record<string, [string, string]>; compared?: Comparison; trend?: Point[] | null }

/** A case that differs between two runs: both results' shown trials, where they differ, and what that means. */
export interface Change { id: string; kind: string; step?: number; why?: string; old?: Side; new?: Side; p?: number }
export interface Side { status?: string; topic?: string; text?: string; confidence?: number; failures?: Failure[] }
export interface Comparison { changes?: Change[] | null; tests?: { name: string; broken: number; fixed: number; p: number }[] | null }

export const failed = (r: Result): boolean => r.status !== 'passed' && r.status !== 'skipped'

/** The trial that is shown: the first that failed, or the first. */
export function shown(r: Result): Trial | undefined {
  return r.trials?.find((t) => t.failures?.length) ?? r.trials?.[0]
}

/** What a question was answered with, in one line. */
export function told(list: Said[] | undefined): string {
  return (list ?? []).map((s) => s.text ?? s.card?.title ?? s.card?.verdict?.headline ?? '').filter((t) => t !== '').join(' / ')
}
