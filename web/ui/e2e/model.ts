// A language model as the server knows it: an HTTP service of the OpenAI protocol. What it answers is the test's to say.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

/** What was asked: the role by the model's name, the data of the user message. */
export interface Asked { model: string; data: Record<string, unknown> }

/** Pieces of an answer, as they come; an error breaks the connection. */
export type Says = (asked: Asked) => AsyncIterable<string> | string

const roles = ['understand', 'phrase', 'copilot'] as const

export class Model {
  readonly asked: Asked[] = []
  private constructor(private readonly server: Server, readonly url: string, private readonly says: Map<string, Says>) {}

  static async start(): Promise<Model> {
    const server = createServer((req, res) => {
      model.answer(req, res).catch(() => res.destroy())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const at = server.address()
    if (at === null || typeof at === 'string') throw new Error('no port')
    const model = new Model(server, `http://127.0.0.1:${at.port}/v1`, new Map())
    return model
  }

  /** The flags that make a server ask this model, in every role but that of looking at pictures. */
  get flags(): string[] {
    return ['--model-url', this.url, '--model-think', '30s', '--model-read', 'off', ...roles.flatMap((role) => [`--model-${role}`, role])]
  }

  /** What it says in a role from now on. */
  say(role: (typeof roles)[number], says: Says): void {
    this.says.set(role, says)
  }

  /** It answers nothing any more but that it is down. */
  down(): void {
    this.says.clear()
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.server.close(resolve))
    this.server.closeAllConnections()
    await gone
  }

  private async answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    let raw = ''
    for await (const piece of req) raw += String(piece)
    const body = JSON.parse(raw) as { model: string; stream?: boolean; messages: { role: string; content: string }[] }
    const asked = { model: body.model, data: JSON.parse(body.messages.at(-1)?.content ?? '{}') as Asked['data'] }
    this.asked.push(asked)
    const says = this.says.get(asked.model)
    if (!says) {
      res.writeHead(500, { 'Content-Type': 'application/json' }).end('{"error":{"message":"down","type":"server_error"}}')
      return
    }
    const said = says(asked)
    const pieces = typeof said === 'string' ? [said] : said
    const head = { id: 'c', created: 1, model: asked.model }
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
    if (!body.stream) {
      let content = ''
      for await (const piece of pieces) content += piece
      res.writeHead(200, { 'Content-Type': 'application/json' })
      res.end(JSON.stringify({ ...head, object: 'chat.completion', usage, choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }] }))
      return
    }
    res.writeHead(200, { 'Content-Type': 'text/event-stream' })
    const send = (choices: unknown[], more: object = {}): void => {
      res.write(`data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices, ...more })}\n\n`)
    }
    for await (const piece of pieces) send([{ index: 0, delta: { content: piece }, finish_reason: null }])
    send([{ index: 0, delta: {}, finish_reason: 'stop' }])
    send([], { usage })
    res.end('data: [DONE]\n\n')
  }
}

/** A door that a test opens. */
export function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => { open = resolve })
  return { opened, open }
}
