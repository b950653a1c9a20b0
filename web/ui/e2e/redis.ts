// A Redis of a test's own.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, until } from './world'

export class Redis {
  private constructor(private readonly server: ChildProcess, private readonly dir: string, private readonly port: number) {}

  static async start(): Promise<Redis> {
    const dir = mkdtempSync(join(tmpdir(), 'recourse-redis-'))
    const port = await freePort()
    const server = spawn('redis-server', ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', dir, '--appendonly', 'yes', '--save', ''], { stdio: ['ignore', 'ignore', 'inherit'] })
    const failed = new Promise<never>((_, reject) => server.once('error', reject))
    await Promise.race([failed, until('Redis', () => answers(port))])
    return new Redis(server, dir, port)
  }

  /** The flags that make a server keep everything here. */
  get flags(): string[] {
    return ['--redis', `redis://127.0.0.1:${this.port}`]
  }

  /** A file beside its data, gone with it. */
  file(name: string, text: string): string {
    const path = join(this.dir, name)
    writeFileSync(path, text)
    return path
  }

  /** What redis-cli prints for a command. */
  command(...words: string[]): string {
    const done = spawnSync('redis-cli', ['-p', `${this.port}`, ...words], { encoding: 'utf8' })
    if (done.status !== 0) throw new Error(`redis-cli ${words.join(' ')}: ${done.error?.message ?? done.stderr}`)
    return done.stdout
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.server.once('exit', resolve))
    this.server.kill('SIGTERM')
    await gone
    rmSync(this.dir, { recursive: true, force: true })
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
    socket.once('data', (data) => { socket.destroy(); resolve(data.toString().startsWith('+PONG')) })
    socket.once('error', () => resolve(false))
  })
}
