// Measures one plugin in this process, prints one line of JSON; host_cost.mjs says what to do, as JSON.
import { heapStats } from "bun:jsc"
import fs from "node:fs"

const { plugin, recordings, events, forwarded, folder, heapAt } = JSON.parse(process.argv[2])
const texts = recordings.map((file) => fs.readFileSync(file, "utf8"))

// One pass over all recordings as fresh objects under ids of its own, as OpenCode makes them.
function pass(number) {
  const list = []
  for (const text of texts)
    for (const line of text.replace(/"(evt|prt|msg)_/g, `"$1_${number}x`).split("\n")) {
      const event = line && JSON.parse(line).event
      if (event) list.push({ event })
    }
  return list
}

function heapAfterCollection() {
  for (let round = 0; round < 3; round++) Bun.gc(true)
  return heapStats().heapSize
}

const answer = async () => ({})
const client = { app: { log: answer }, tui: { showToast: answer }, _client: { get: answer } }
const instance = { project: { id: "p" }, directory: folder, worktree: folder }
const input = { client, ...instance, bench: { forwarded, folder } }
const firstSession = pass("first").find(({ event }) => event.type.startsWith("session."))

const beforeImport = performance.now()
const module = await import(plugin)
const server = module.default?.server ?? module.default ?? Object.values(module)[0]
const hooks = await server(input)
const beforeOpen = performance.now()
hooks.event(firstSession)
const started = performance.now()

const times = new Float64Array(events)
const heaps = {}
let count = 0

// In a function of its own, so that nothing holds the pass's events when the heap is measured.
function feed(list) {
  for (const call of list) {
    if (count === events) return
    const before = performance.now()
    hooks.event(call)
    times[count++] = performance.now() - before
  }
}

let coldMean
for (let number = 0; count < events; number++) {
  const due = heapAt.filter((at) => at > count)
  feed(pass(number))
  coldMean ??= times.subarray(0, count).reduce((a, b) => a + b, 0) / count
  await new Promise((resolve) => setImmediate(resolve))
  for (const at of due) if (at <= count) heaps[at] = heapAfterCollection()
}

const beforeDispose = performance.now()
await hooks.dispose?.()
const disposed = performance.now()
const sorted = times.toSorted()
const us = (ms) => ms * 1000
console.log(JSON.stringify({
  import_and_start_ms: started - beforeImport,
  open_ms: started - beforeOpen,
  first_pass_mean_us: us(coldMean),
  mean_us: us(times.reduce((a, b) => a + b, 0) / events),
  p50_us: us(sorted[Math.floor(events * 0.5)]),
  p99_us: us(sorted[Math.floor(events * 0.99)]),
  dispose_ms: disposed - beforeDispose,
  heaps,
}))
process.exit(0)
