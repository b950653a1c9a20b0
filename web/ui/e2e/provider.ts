// An OpenID Connect provider as the server and a browser know it: one page where somebody signs in, a code that is good
// once, an ID token. Who signs in is the test's to say.
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

export class Provider {
  private readonly keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
  private readonly codes = new Map<string, URLSearchParams>()
  private away = false
  private constructor(private readonly server: Server, readonly issuer: string) {}

  static async start(): Promise<Provider> {
    const server = createServer((req, res) => {
      provider.answer(req, res).catch(() => res.destroy())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const at = server.address()
    if (at === null || typeof at === 'string') throw new Error('no port')
    const provider = new Provider(server, `http://127.0.0.1:${at.port}`)
    return provider
  }

  /** The flags that let agents into a server by this provider. */
  flags(base: string): string[] {
    return ['--oidc-issuer', this.issuer, '--oidc-client-id', 'desk', '--oidc-redirect', `${base}/console`, '--oidc-login-claim', 'preferred_username']
  }

  /** Whether it answers at all. */
  set reachable(on: boolean) {
    this.away = !on
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.server.close(resolve))
    this.server.closeAllConnections()
    await gone
  }

  private async answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '/', this.issuer)
    const json = (status: number, body: unknown): void => {
      res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
    }
    if (this.away) return json(502, {})
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return json(200, {
          issuer: this.issuer, authorization_endpoint: `${this.issuer}/authorize`, token_endpoint: `${this.issuer}/token`, jwks_uri: `${this.issuer}/keys`,
          id_token_signing_alg_values_supported: ['RS256'],
        })
      case '/keys':
        return json(200, { keys: [{ ...this.keys.publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'RS256', use: 'sig' }] })
      case '/authorize':
        res.writeHead(200, { 'Content-Type': 'text/html' }).end(
          `<title>Provider</title><form action="/decide"><input type="hidden" name="asked" value="${encodeURIComponent(url.search)}"><input name="user"><button name="ok" value="1">in</button><button>cancel</button></form>`)
        return
      case '/decide': {
        const asked = new URLSearchParams(decodeURIComponent(url.searchParams.get('asked') ?? ''))
        const to = new URL(asked.get('redirect_uri') ?? '')
        to.searchParams.set('state', asked.get('state') ?? '')
        if (url.searchParams.get('ok')) {
          const code = randomBytes(16).toString('base64')
          asked.set('user', url.searchParams.get('user') ?? '')
          this.codes.set(code, asked)
          to.searchParams.set('code', code)
        } else {
          to.searchParams.set('error', 'access_denied')
        }
        res.writeHead(302, { Location: to.href }).end()
        return
      }
      case '/token': {
        let raw = ''
        for await (const piece of req) raw += String(piece)
        const form = new URLSearchParams(raw)
        const code = form.get('code') ?? ''
        const asked = this.codes.get(code)
        this.codes.delete(code)
        const challenge = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url')
        if (!asked || challenge !== asked.get('code_challenge') || form.get('redirect_uri') !== asked.get('redirect_uri')) return json(400, { error: 'invalid_grant' })
        const user = asked.get('user') ?? ''
        const now = Math.floor(Date.now() / 1000)
        const part = (v: unknown): string => Buffer.from(JSON.stringify(v)).toString('base64url')
        const claims = { iss: this.issuer, sub: `id of ${user}`, aud: 'desk', iat: now, exp: now + 60, nonce: asked.get('nonce'), preferred_username: user }
        const body = `${part({ alg: 'RS256', kid: 'k1' })}.${part(claims)}`
        return json(200, { access_token: 'a', token_type: 'Bearer', id_token: `${body}.${sign('RSA-SHA256', Buffer.from(body), this.keys.privateKey).toString('base64url')}` })
      }
      default:
        return json(404, {})
    }
  }
}
