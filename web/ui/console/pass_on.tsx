// Passing a conversation on to a colleague or a skill, taking one over with a reason, assigning one.

import { useEffect, useRef, useState } from 'preact/hooks'
import type { DeskAgent } from '../shared/wire'
import type { Team } from './team'
import { teamWords } from './team_words'

export type Passing = 'transfer' | 'takeover' | 'assign'

const longest = 500

export function PassOn({ kind, team, conversation, epoch, onClose }: { kind: Passing; team: Team; conversation: string; epoch: number; onClose(): void }) {
  const w = teamWords()
  const dialog = useRef<HTMLDialogElement>(null)
  const [goal, setGoal] = useState('')
  const [words, setWords] = useState('')
  const [missing, setMissing] = useState(false)
  useEffect(() => { if (dialog.current && !dialog.current.open) dialog.current.showModal() }, [])
  const skills = kind === 'transfer' ? team.view.value?.skills ?? [] : []
  const agents = kind === 'assign' ? team.view.value?.agents ?? [] : team.colleagues.value.filter((a) => a.status === 'online')
  const choices = agents.length + skills.length
  const done = (): void => {
    const [sort, name] = [goal.slice(0, 2), goal.slice(2)]
    if (kind === 'takeover' ? words.trim() === '' : name === '') {
      setMissing(true)
      return
    }
    if (kind === 'takeover') team.takeover(conversation, epoch, words)
    else if (kind === 'assign') team.assign(conversation, epoch, name)
    else team.transfer(conversation, epoch, sort === 's:' ? { skill: name } : { agent: name }, words)
    dialog.current?.close()
  }
  return (
    <dialog ref={dialog} class="dialog" onClose={onClose} aria-labelledby="pass-heading">
      <form class="card-body stack" onSubmit={(e) => { e.preventDefault(); done() }}>
        <h2 id="pass-heading">{w[kind]}</h2>
        {kind !== 'takeover' && (choices === 0 ? <p class="muted">{w.nobody}</p> : (
          <label class="field">
            <span>{w.to}</span>
            <select class="input" value={goal} required onChange={(e) => setGoal(e.currentTarget.value)}>
              <option value="" />
              {agents.length > 0 && <optgroup label={w.person}>{agents.map((a) => <option key={a.login} value={`a:${a.login}`}>{agentLine(a)}</option>)}</optgroup>}
              {skills.length > 0 && <optgroup label={w.skill}>{skills.map((s) => <option key={s} value={`s:${s}`}>{s}</option>)}</optgroup>}
            </select>
          </label>
        ))}
        {kind !== 'assign' && (
          <label class="field">
            <span>{kind === 'takeover' ? w.reason : w.note}</span>
            <textarea class="input" rows={3} maxLength={longest} value={words} aria-invalid={missing} onInput={(e) => { setWords(e.currentTarget.value); setMissing(false) }} />
          </label>
        )}
        {missing && kind === 'takeover' && <p class="error-text" role="alert">{w.needReason}</p>}
        <div class="row">
          <span class="grow" />
          <button type="button" class="btn" onClick={() => dialog.current?.close()}>{w.cancel}</button>
          <button type="submit" class="btn btn-primary" disabled={kind !== 'takeover' && choices === 0}>{w[kind]}</button>
        </div>
      </form>
    </dialog>
  )
}

const agentLine = (a: DeskAgent): string => teamWords().agent(a.name, a.open, a.capacity, a.status !== 'online')
