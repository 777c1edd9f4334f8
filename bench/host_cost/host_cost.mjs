// What the plugin costs OpenCode, beside a reference and any other plugin. Runs on OpenCode's own Bun:
//   BUN_BE_BUN=1 "$OC" bench/host_cost/host_cost.mjs [OPTION...] [RECORDING...]
// Options: --events N, --rounds N, --heap N (0: not measured), --plugin FILE (as often as wanted).
import { spawnSync } from "node:child_process"
import fs from "node:fs"
import os from "node:os"
import path from "node:path"
import { parseArgs } from "node:util"

const here = import.meta.dirname
const root = path.resolve(here, "..", "..")
const OURS = path.join(root, "otel_agent", "plugin", "opencode-otel.js")
const LIMITS = { mean: 1.5, p99: 2, start_ms: 5, heap_bytes: 2 * 1024 * 1024, dispose_ms: 1 } // issue 2

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    events: { type: "string", default: "100000" },
    rounds: { type: "string", default: "5" },
    heap: { type: "string", default: "1000000" },
    plugin: { type: "string", multiple: true, default: [] },
  },
})

const work = fs.mkdtempSync(path.join(os.tmpdir(), "host-cost-"))
const text = fs.readFileSync(OURS, "utf8")
const table = text.match(/const FORWARDED = \{\n([\s\S]*?)\n\}/)[1]
const forwarded = [...table.matchAll(/^ {2}"([a-z.]+)":/gm)].map((found) => found[1])
const standIn = JSON.stringify(["/bin/sh", "-c", "exec cat > /dev/null"])
const rendered = path.join(work, "opencode-otel.mjs")
fs.writeFileSync(rendered, text.replace(/\/\*\{\{agent\}\}\*\/.*?\/\*\{\{\/agent\}\}\*\//, () => standIn))

const recorded = path.join(root, "tests", "recordings")
const recordings = positionals.length > 0
  ? positionals.map((file) => path.resolve(file))
  : fs.readdirSync(recorded).filter((f) => f.endsWith(".ndjson")).map((f) => path.join(recorded, f))
const plugins = { ours: rendered, reference: path.join(here, "reference.mjs") }
for (const file of options.plugin) plugins[path.basename(file)] = path.resolve(file)

function measure(plugin, events, heapAt) {
  const folder = fs.mkdtempSync(path.join(work, "run-"))
  const request = JSON.stringify({ plugin, recordings, events, forwarded, folder, heapAt })
  const env = {
    ...process.env, BUN_BE_BUN: "1", HOME: folder, OPENCODE_ENABLE_TELEMETRY: "1",
    OPENCODE_OTEL_STATE_DIR: folder, OPENCODE_OTEL_EXIT_WAIT_MS: "0",
  }
  const script = path.join(here, "measure.mjs")
  const run = spawnSync(process.execPath, [script, request], { env, encoding: "utf8" })
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  if (run.status !== 0) throw new Error(`${plugin}: exit ${run.status}\n${run.stderr}`)
  return JSON.parse(run.stdout)
}

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]

function interleaved() {
  const runs = Object.fromEntries(Object.keys(plugins).map((name) => [name, []]))
  for (let round = 0; round < Number(options.rounds); round++)
    for (const [name, file] of Object.entries(plugins))
      runs[name].push(measure(file, Number(options.events), []))
  const medians = {}
  for (const [name, list] of Object.entries(runs)) {
    const keys = Object.keys(list[0]).filter((key) => key !== "heaps")
    medians[name] = Object.fromEntries(keys.map((key) => [key, median(list.map((run) => run[key]))]))
  }
  return medians
}

try {
  const results = interleaved()
  const heapEnd = Number(options.heap)
  if (heapEnd > 0)
    for (const [name, file] of Object.entries({ ours: plugins.ours, reference: plugins.reference })) {
      const { heaps } = measure(file, heapEnd, [100_000, heapEnd])
      results[name].heap_growth_bytes = heaps[heapEnd] - heaps[100_000]
    }
  const { ours, reference } = results
  const verdict = {
    mean: ours.mean_us <= LIMITS.mean * reference.mean_us,
    p99: ours.p99_us <= LIMITS.p99 * reference.p99_us,
    start: ours.import_and_start_ms <= reference.import_and_start_ms + LIMITS.start_ms,
    dispose: ours.dispose_ms <= LIMITS.dispose_ms,
    heap: heapEnd > 0 ? Math.abs(ours.heap_growth_bytes) <= LIMITS.heap_bytes : null,
  }
  for (const row of Object.values(results))
    for (const key of Object.keys(row)) row[key] = Number(row[key].toFixed(3))
  console.table(results)
  console.log(JSON.stringify({ bun: process.versions.bun, forwarded: forwarded.length, results, verdict }))
  process.exitCode = Object.values(verdict).includes(false) ? 1 : 0
} finally {
  fs.rmSync(work, { recursive: true, force: true, maxRetries: 5 })
}
