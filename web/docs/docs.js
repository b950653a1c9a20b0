// Draws /openapi.json for people to read. Nothing is fetched from anywhere else, and the document's texts are put
// in as text, never as HTML.

const methods = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options']

function el(name, attrs = {}, ...children) {
  const node = document.createElement(name)
  for (const [key, value] of Object.entries(attrs)) if (value !== undefined) node.setAttribute(key, value)
  node.append(...children.filter((c) => c !== undefined))
  return node
}

// prose draws paragraphs with `code`, **bold** and lists by line.
function prose(text = '') {
  const box = el('div')
  for (const paragraph of text.split(/\n{2,}/)) {
    const p = el('p')
    for (const part of paragraph.replaceAll('\n', ' ').split(/(`[^`]+`|\*\*[^*]+\*\*)/)) {
      if (part.startsWith('`')) p.append(el('code', {}, part.slice(1, -1)))
      else if (part.startsWith('**')) p.append(el('strong', {}, part.slice(2, -2)))
      else p.append(part)
    }
    if (paragraph.trim()) box.append(p)
  }
  return box
}

const nameOf = (ref) => ref.slice(ref.lastIndexOf('/') + 1)

function typeOf(schema = {}) {
  if (schema.$ref) return el('a', { href: `#schema-${nameOf(schema.$ref)}` }, nameOf(schema.$ref))
  if (schema.type === 'array') return el('span', {}, 'list of ', typeOf(schema.items))
  if (schema.type === 'object' && typeof schema.additionalProperties === 'object') return el('span', {}, 'map to ', typeOf(schema.additionalProperties))
  return el('span', {}, [Array.isArray(schema.type) ? schema.type.join(' or ') : schema.type, schema.format && `(${schema.format})`].filter(Boolean).join(' ') || 'anything')
}

function limits(schema = {}) {
  const out = []
  const closed = schema.enum ?? schema.items?.enum
  if (closed) out.push(`one of ${closed.join(', ')}`)
  for (const [key, word] of [['minimum', '≥'], ['maximum', '≤'], ['minLength', 'length ≥'], ['maxLength', 'length ≤'], ['minItems', 'items ≥'], ['maxItems', 'items ≤']]) {
    if (schema[key] !== undefined) out.push(`${word} ${schema[key]}`)
  }
  if (schema.default !== undefined) out.push(`default ${JSON.stringify(schema.default)}`)
  if (schema.examples) out.push(`e.g. ${schema.examples.map((e) => JSON.stringify(e)).join(', ')}`)
  return out.join(' · ')
}

function table(head, rows) {
  if (rows.length === 0) return el('p', { class: 'muted' }, 'None.')
  return el('div', { class: 'scroll' }, el('table', {},
    el('thead', {}, el('tr', {}, ...head.map((h) => el('th', { scope: 'col' }, h)))),
    el('tbody', {}, ...rows.map((row) => el('tr', {}, ...row.map((cell) => el('td', {}, cell ?? '')))))))
}

function fieldRow(name, schema, required, description) {
  const about = prose(description ?? schema?.description)
  const more = limits(schema)
  if (more) about.append(el('p', { class: 'muted' }, more))
  return [el('code', {}, name), typeOf(schema), required ? el('span', { class: 'need' }, 'required') : 'optional', about]
}

const fieldHead = ['name', 'type', '', 'meaning']

function fields(schema) {
  const required = schema.required ?? []
  const rank = (name) => (required.includes(name) ? 0 : 1)
  return table(fieldHead, Object.entries(schema.properties ?? {}).sort(([a], [b]) => rank(a) - rank(b))
    .map(([name, s]) => fieldRow(name, s, required.includes(name))))
}

function content(doc, body) {
  const box = el('div')
  for (const [type, { schema }] of Object.entries(body?.content ?? {})) {
    const known = schema?.$ref && doc.components.schemas[nameOf(schema.$ref)]
    box.append(el('p', {}, el('code', {}, type), ' ', typeOf(schema)))
    if (known) box.append(fields(known))
  }
  return box
}

function operation(doc, path, method, op) {
  const params = (op.parameters ?? []).map((p) => (p.$ref ? doc.components.parameters[nameOf(p.$ref)] : p))
  const inside = el('div', { class: 'inside' }, prose(op.description))
  const keys = (op.security ?? []).flatMap((s) => Object.keys(s))
  inside.append(el('p', { class: 'muted' }, keys.length > 0 ? `Who may: ${keys.join(' or ')}` : 'Who may: anybody'))
  if (params.length > 0) inside.append(el('h3', {}, 'Parameters'), table(fieldHead, params.map((p) => {
    const row = fieldRow(p.name, p.schema, p.required, p.description)
    row[0].append(` (${p.in})`)
    return row
  })))
  if (op.requestBody) inside.append(el('h3', {}, 'Body'), content(doc, op.requestBody))
  inside.append(el('h3', {}, 'Answers'), table(['status', 'when', 'body'], Object.entries(op.responses).map(([status, res]) => {
    const types = Object.entries(res.content ?? {}).map(([, { schema }]) => typeOf(schema))
    const names = Object.keys(res.headers ?? {})
    return [el('code', {}, status), el('span', {}, res.description ?? '', names.length > 0 ? ` · headers ${names.join(', ')}` : ''), types[0] ?? '']
  })))
  return el('details', { class: 'op', id: op.operationId },
    el('summary', {}, el('span', { class: `method ${method}` }, method.toUpperCase()), el('span', { class: 'path' }, path), el('span', { class: 'what' }, op.summary)), inside)
}

// reveal opens what the address points at: a closed part cannot be scrolled to.
function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)))
  if (target instanceof HTMLDetailsElement) target.open = true
  target?.scrollIntoView()
}

function draw(doc) {
  const main = document.getElementById('main')
  const nav = document.getElementById('nav')
  document.getElementById('version').textContent = `· version ${doc.info.version} · OpenAPI ${doc.openapi}`
  main.replaceChildren(prose(doc.info.description))
  main.append(el('h2', { id: 'keys' }, 'Who may come in'), table(['name', 'how'], Object.entries(doc.components.securitySchemes)
    .map(([name, s]) => [el('code', {}, name), prose(`${s.type === 'http' ? `Authorization: Bearer ${s.bearerFormat ?? '…'}. ` : ''}${s.description}`)])))
  for (const tag of doc.tags) {
    const list = el('ul')
    nav.append(el('h2', {}, tag.name), list)
    main.append(el('h2', { id: `tag-${tag.name}` }, tag.name), prose(tag.description))
    for (const [path, item] of Object.entries(doc.paths)) for (const method of methods) {
      const op = item[method]
      if (!op?.tags?.includes(tag.name)) continue
      main.append(operation(doc, path, method, op))
      list.append(el('li', {}, el('a', { href: `#${op.operationId}` }, op.summary)))
    }
  }
  main.append(el('h2', { id: 'schemas' }, 'Schemas'))
  for (const [name, schema] of Object.entries(doc.components.schemas).sort(([a], [b]) => (a < b ? -1 : 1))) {
    main.append(el('details', { class: 'schema', id: `schema-${name}` }, el('summary', {}, el('code', {}, name), el('span', { class: 'what' }, schema.description ?? '')),
      el('div', { class: 'inside' }, fields(schema))))
  }
  addEventListener('hashchange', reveal)
  reveal()
}

fetch('/openapi.json').then((res) => res.json()).then(draw, (err) => {
  document.getElementById('main').replaceChildren(el('p', { role: 'alert' }, `The document could not be read: ${err}`))
})
