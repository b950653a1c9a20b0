// Uploads files with tus-js-client, for tus_interop_test.go, which names the module, the server and the files in
// the environment and reads what happens as lines of JSON. Every chunk carries its checksum: the client itself
// has no such option, so the hook before a request reads the chunk's place from the request and sums it up.
const { createHash } = require('node:crypto')
const { existsSync, readFileSync, writeFileSync } = require('node:fs')
const { basename } = require('node:path')

const plan = JSON.parse(process.env.TUS_PLAN)
const tus = require(plan.module)

const tell = (file, line) => process.stdout.write(`${JSON.stringify({ file: basename(file), ...line })}\n`)

// The URLs of unfinished uploads, by fingerprint. The client's own file storage leaves its lock behind when it dies.
const kept = () => (plan.store && existsSync(plan.store) ? JSON.parse(readFileSync(plan.store, 'utf8')) : {})
const keep = (change) => {
  const all = kept()
  change(all)
  if (plan.store) writeFileSync(plan.store, JSON.stringify(all))
}
const urls = {
  findAllUploads: async () => Object.values(kept()),
  findUploadsByFingerprint: async (print) => [kept()[print]].filter(Boolean),
  addUpload: async (print, upload) => { keep((all) => { all[print] = { ...upload, urlStorageKey: print } }); return print },
  removeUpload: async (print) => keep((all) => { delete all[print] }),
}

function upload({ path, kind, name }) {
  const bytes = readFileSync(path)
  let spoil = plan.spoil // how many checksums are to be wrong
  return new Promise((resolve) => {
    const up = new tus.Upload(bytes, {
      endpoint: plan.endpoint,
      chunkSize: plan.chunk,
      retryDelays: Array(60).fill(250),
      metadata: { case: plan.case, kind, filename: name, filetype: '' },
      fingerprint: async () => `${plan.case}-${kind}-${name}-${bytes.length}`,
      urlStorage: urls,
      storeFingerprintForResuming: true,
      removeFingerprintOnSuccess: true,
      onBeforeRequest(request) {
        request.setHeader('Authorization', `Bearer ${plan.token}`)
        const offset = Number(request.getHeader('Upload-Offset') ?? -1)
        tell(path, { t: request.getMethod(), offset })
        if (request.getMethod() !== 'PATCH') return
        const chunk = bytes.subarray(offset, Math.min(offset + plan.chunk, bytes.length))
        const sum = createHash(plan.algorithm).update(spoil > 0 ? `spoilt ${spoil}` : chunk).digest('base64')
        if (spoil > 0) spoil--
        request.setHeader('Upload-Checksum', `${plan.algorithm} ${sum}`)
      },
      onAfterResponse(request, response) {
        tell(path, { t: 'answer', method: request.getMethod(), status: response.getStatus(), expires: response.getHeader('Upload-Expires') })
      },
      // A checksum that did not fit (460) is worth another try, like whatever says nothing about the file.
      onShouldRetry: (error) => {
        const status = error.originalResponse?.getStatus() ?? 0
        return status === 0 || status >= 500 || status === 409 || status === 423 || status === 460
      },
      onChunkComplete(_, accepted) {
        tell(path, { t: 'accepted', offset: accepted })
        if (plan.leaveAt && accepted >= plan.leaveAt) process.exit(0) // the page is gone, nothing is said to the server
        if (plan.terminateAt && accepted >= plan.terminateAt) {
          up.abort(true).then(() => { tell(path, { t: 'terminated', url: up.url }); resolve() }, (error) => { tell(path, { t: 'failed', error: String(error) }); resolve() })
        }
      },
      onSuccess() { tell(path, { t: 'done', url: up.url }); resolve() },
      onError(error) { tell(path, { t: 'failed', error: String(error) }); resolve() },
    })
    up.findPreviousUploads().then((found) => {
      if (found[0]) up.resumeFromPreviousUpload(found[0])
      up.start()
    })
  })
}

Promise.all(plan.files.map(upload)).then(() => process.exit(0))
