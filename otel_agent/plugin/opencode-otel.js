// @bun opencode-otel-agent plugin 0.0.0 (written by `otel-agent install`, which also replaces and removes it)
// The first word tells Bun that this file needs no transpiling, which saves 2 ms at every start of OpenCode.
//
// Appends to a journal what OpenCode's bus says, starts the agent that reads it, and does nothing else.
// Nothing here waits or throws: OpenCode calls `event` synchronously for every event of its bus.
import fs from "node:fs"
import os from "node:os"
import path from "node:path"

const VERSION = /*{{version}}*/ "0.0.0" /*{{/version}}*/
const AGENT = /*{{agent}}*/ ["otel-agent"] /*{{/agent}}*/
const MANAGED = /*{{managed}}*/ "/etc/otel-agent/config.toml" /*{{/managed}}*/

// The settings that the journal's header records, and those of which it records only an HMAC. These lists and those
// below follow from the rows in Python: `make generate` writes them.
const RECORDED = [
  "ALL_PROXY", "ARIZE_LOG_PROMPTS", "ARIZE_LOG_TOOL_CONTENT", "ARIZE_LOG_TOOL_DETAILS", "ARIZE_OTLP_ENDPOINT",
  "ARIZE_PROJECT_NAME", "ARIZE_SPACE_ID", "ARIZE_TRACE_ENABLED", "ARIZE_USER_ID",
  "BRAINTRUST_ADDITIONAL_METADATA", "BRAINTRUST_API_URL", "BRAINTRUST_DEBUG", "BRAINTRUST_PARENT",
  "BRAINTRUST_PROJECT", "BRAINTRUST_PROJECT_ID", "CATALYST_ADDITIONAL_METADATA", "CATALYST_DEBUG",
  "CATALYST_OTLP_ENDPOINT", "CATALYST_REDACT_CONTENT", "CATALYST_SERVICE_NAME", "DD_ENV",
  "DD_LLMOBS_AGENTLESS_ENABLED", "DD_LLMOBS_ENABLED", "DD_LLMOBS_ML_APP", "DD_SERVICE", "DD_SITE",
  "HTTPS_PROXY", "HTTP_PROXY", "INFERENCE_ADDITIONAL_METADATA", "INFERENCE_DEBUG", "INFERENCE_OTLP_ENDPOINT",
  "INFERENCE_REDACT_CONTENT", "INFERENCE_SERVICE_NAME", "LANGFUSE_BASEURL", "LANGFUSE_BASE_URL",
  "LANGFUSE_ENVIRONMENT", "LANGFUSE_HOST", "LANGFUSE_PUBLIC_KEY", "LANGFUSE_SERVICE_NAME",
  "LANGFUSE_TRACING_ENVIRONMENT", "LANGFUSE_USER_ID", "LANGSMITH_ENDPOINT", "LANGSMITH_METADATA",
  "LANGSMITH_OPENCODE_ENDPOINT", "LANGSMITH_OPENCODE_METADATA", "LANGSMITH_OPENCODE_PROJECT",
  "LANGSMITH_PROJECT", "LANGSMITH_WORKSPACE_ID", "MLFLOW_EXPERIMENT_ID", "MLFLOW_OPENCODE_DEBUG",
  "MLFLOW_TRACKING_URI", "MLFLOW_WORKSPACE", "NO_PROXY", "OPENCODE_ARIZE_CAPTURE_LEVEL",
  "OPENCODE_ARIZE_HARNESS_FILE", "OPENCODE_BRAINTRUST_CAPTURE_LEVEL", "OPENCODE_CAPTURE_LEVEL",
  "OPENCODE_CONTENT_MAX_LENGTH", "OPENCODE_COST_USAGE_SCALE", "OPENCODE_DATADOG_CAPTURE_LEVEL",
  "OPENCODE_DATADOG_ENDPOINT", "OPENCODE_DISABLE_LOGS", "OPENCODE_DISABLE_METRICS", "OPENCODE_DISABLE_TRACES",
  "OPENCODE_ENABLE_TELEMETRY", "OPENCODE_EXCLUDE_METRICS_ATTRIBUTES", "OPENCODE_GENAI_METRICS",
  "OPENCODE_INFERENCE_CAPTURE_LEVEL", "OPENCODE_LANGFUSE_CAPTURE_LEVEL", "OPENCODE_LANGSMITH_CAPTURE_LEVEL",
  "OPENCODE_LOG_PROMPTS", "OPENCODE_LOG_RESPONSES", "OPENCODE_LOG_TOOL_CONTENT", "OPENCODE_LOG_TOOL_DETAILS",
  "OPENCODE_METRICS_INCLUDE", "OPENCODE_METRIC_ATTRIBUTES", "OPENCODE_METRIC_PREFIX",
  "OPENCODE_MLFLOW_CAPTURE_LEVEL", "OPENCODE_OTEL_DESTINATIONS", "OPENCODE_OTEL_EXIT_WAIT_MS",
  "OPENCODE_OTEL_LOG_LEVEL", "OPENCODE_OTEL_OUTBOX_MAX_AGE", "OPENCODE_OTEL_OUTBOX_MAX_BYTES",
  "OPENCODE_OTEL_STATE_DIR", "OPENCODE_OTLP_ENDPOINT", "OPENCODE_OTLP_HEADERS_HELPER",
  "OPENCODE_OTLP_LOGS_INTERVAL", "OPENCODE_OTLP_METRICS_INTERVAL", "OPENCODE_OTLP_METRICS_TEMPORALITY",
  "OPENCODE_OTLP_PROTOCOL", "OPENCODE_PHOENIX_CAPTURE_LEVEL", "OPENCODE_REDACT_PATTERNS",
  "OPENCODE_RESOURCE_ATTRIBUTES", "OPENCODE_SPAN_ATTRIBUTES", "OPENCODE_TELEMETRY_PROFILE",
  "OPENCODE_TRACEPARENT", "OPENCODE_TRACESTATE", "OPENCODE_TRACE_PROFILE",
  "OPENCODE_TRACE_PROPAGATION_PROVIDERS", "OTEL_EXPORTER_OTLP_CERTIFICATE",
  "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "OTEL_EXPORTER_OTLP_CLIENT_KEY", "OTEL_EXPORTER_OTLP_COMPRESSION",
  "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE",
  "OTEL_EXPORTER_OTLP_LOGS_CLIENT_CERTIFICATE", "OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY",
  "OTEL_EXPORTER_OTLP_LOGS_COMPRESSION", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
  "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL", "OTEL_EXPORTER_OTLP_LOGS_TIMEOUT",
  "OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE", "OTEL_EXPORTER_OTLP_METRICS_CLIENT_CERTIFICATE",
  "OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY", "OTEL_EXPORTER_OTLP_METRICS_COMPRESSION",
  "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL",
  "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "OTEL_EXPORTER_OTLP_METRICS_TIMEOUT",
  "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TIMEOUT", "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE",
  "OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE", "OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY",
  "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
  "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_LOGS_EXPORTER",
  "OTEL_LOG_ASSISTANT_RESPONSES", "OTEL_LOG_TOOL_CONTENT", "OTEL_LOG_TOOL_DETAILS", "OTEL_LOG_USER_PROMPTS",
  "OTEL_METRICS_EXPORTER", "OTEL_METRIC_EXPORT_INTERVAL", "OTEL_RESOURCE_ATTRIBUTES", "OTEL_SDK_DISABLED",
  "OTEL_SERVICE_NAME", "OTEL_TRACES_EXPORTER", "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG",
  "PHOENIX_ENDPOINT", "PHOENIX_PROJECT", "PHOENIX_PROJECT_NAME", "TRACEPARENT", "TRACESTATE",
  "TRACE_TO_BRAINTRUST", "TRACE_TO_CATALYST", "TRACE_TO_INFERENCE", "TRACE_TO_LANGFUSE", "TRACE_TO_LANGSMITH",
  "XDG_STATE_HOME", "all_proxy", "http_proxy", "https_proxy", "no_proxy",
]
const SECRET = [
  "ARIZE_API_KEY", "BRAINTRUST_API_KEY", "CATALYST_OTLP_TOKEN", "DD_API_KEY", "INFERENCE_API_KEY",
  "LANGFUSE_SECRET_KEY", "LANGSMITH_API_KEY", "LANGSMITH_OPENCODE_API_KEY", "MLFLOW_TRACKING_PASSWORD",
  "MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_USERNAME", "OPENCODE_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS",
  "OTEL_EXPORTER_OTLP_LOGS_HEADERS", "OTEL_EXPORTER_OTLP_METRICS_HEADERS",
  "OTEL_EXPORTER_OTLP_TRACES_HEADERS", "PHOENIX_API_KEY",
]

// The destinations beside the generic one: each is on when all names of one of its lists are set, unless the first
// of its other variables that is set says no.
const DESTINATIONS = {
  __proto__: null,
  arize: {
    starts: [["ARIZE_API_KEY", "ARIZE_SPACE_ID"], ["OPENCODE_ARIZE_HARNESS_FILE"]],
    stops: ["ARIZE_TRACE_ENABLED"],
  },
  braintrust: { starts: [["TRACE_TO_BRAINTRUST"]], stops: ["TRACE_TO_BRAINTRUST"] },
  datadog: { starts: [["DD_LLMOBS_ENABLED", "DD_API_KEY"]], stops: ["DD_LLMOBS_ENABLED"] },
  inference: {
    starts: [["CATALYST_OTLP_TOKEN"], ["TRACE_TO_CATALYST"], ["TRACE_TO_INFERENCE"]],
    stops: ["TRACE_TO_CATALYST", "TRACE_TO_INFERENCE"],
  },
  langfuse: { starts: [["LANGFUSE_PUBLIC_KEY", "LANGFUSE_SECRET_KEY"]], stops: ["TRACE_TO_LANGFUSE"] },
  langsmith: { starts: [["TRACE_TO_LANGSMITH"]], stops: ["TRACE_TO_LANGSMITH"] },
  mlflow: { starts: [["MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_ID"]], stops: [] },
  phoenix: {
    starts: [["PHOENIX_ENDPOINT"], ["OPENCODE_ARIZE_HARNESS_FILE"]],
    stops: ["ARIZE_TRACE_ENABLED"],
  },
}

const SEGMENT_BYTES = 64 * 1024 * 1024
const RECENT_IDS = 1024
const OUTPUT_TAIL = 4096 // UTF-16 units: a commit's sha and a pull request's URL stand at the end
const COMMAND_MAX = 65536
const ERROR_MAX = 500
const RESTARTS = 5
const RETRY_MS = 60_000
const INVALID_SETTINGS = 2
const JOURNAL_LOCKED = 75

// ---- What is kept of an event: what is not named here is dropped before anything is serialised. ----

const sizesOf = (text) => {
  let lines = text.length > 0 && !text.endsWith("\n") ? 1 : 0
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines++
  return [text.length, Buffer.byteLength(text), lines]
}

function keep(holder, field, text, max, fromEnd = false) {
  if (typeof text !== "string") return
  if (text.length > max) (holder.cut ??= {})[field] = sizesOf(text)
  holder[field] = text.length <= max ? text : fromEnd ? text.slice(text.length - max) : text.slice(0, max)
}

const model = (m) => m && { id: m.id, providerID: m.providerID, modelID: m.modelID, variant: m.variant }
const fileDiff = (d) => d && {
  file: d.file, filePath: d.filePath, relativePath: d.relativePath,
  type: d.type, status: d.status, additions: d.additions, deletions: d.deletions,
}
const fileDiffs = (list) => (Array.isArray(list) ? list.map(fileDiff) : undefined)

function error(e) {
  if (!e) return undefined
  const data = { statusCode: e.data?.statusCode, isRetryable: e.data?.isRetryable }
  keep(data, "message", e.data?.message, ERROR_MAX)
  return { name: e.name, data }
}

const session = (p) => ({
  sessionID: p.sessionID,
  info: {
    id: p.info.id, parentID: p.info.parentID, projectID: p.info.projectID, version: p.info.version,
    agent: p.info.agent, model: model(p.info.model), cost: p.info.cost, tokens: p.info.tokens,
    summary: p.info.summary && {
      additions: p.info.summary.additions, deletions: p.info.summary.deletions, files: p.info.summary.files,
    },
    revert: p.info.revert ? { messageID: p.info.revert.messageID, partID: p.info.revert.partID } : undefined,
    time: p.info.time,
  },
})

const summary = (s) => s === true || (s ? { diffs: fileDiffs(s.diffs) } : undefined)
const message = (p) => ({
  sessionID: p.sessionID,
  info: {
    id: p.info.id, sessionID: p.info.sessionID, parentID: p.info.parentID, role: p.info.role,
    agent: p.info.agent, mode: p.info.mode, modelID: p.info.modelID, providerID: p.info.providerID,
    model: model(p.info.model), variant: p.info.variant, cost: p.info.cost, tokens: p.info.tokens,
    finish: p.info.finish, time: p.info.time, error: error(p.info.error), summary: summary(p.info.summary),
  },
})

// The inputs that a fact needs: tool → field → the length that is kept of it.
const PATH = { filePath: Infinity }
const INPUTS = {
  __proto__: null,
  bash: { command: COMMAND_MAX },
  write: { filePath: Infinity, content: 0 },
  task: { subagent_type: Infinity, prompt: 0 },
  skill: { name: Infinity },
  invalid: { tool: Infinity },
}

function inputOf(tool, input, caps) {
  const limits = INPUTS[tool] ?? PATH
  if (caps.details) return capped(input, caps.content, limits)
  const kept = {}
  for (const field of Object.keys(limits)) keep(kept, field, input?.[field], limits[field])
  return kept
}

function capped(value, max, limits = {}) {
  if (typeof value === "string") return value.slice(0, max)
  if (Array.isArray(value)) return value.map((v) => capped(v, max))
  if (value === null || typeof value !== "object") return value
  const kept = {}
  for (const [field, v] of Object.entries(value))
    if (typeof v === "string") keep(kept, field, v, Math.max(max, limits[field] ?? 0))
    else kept[field] = capped(v, max)
  return kept
}

const metadata = (m) => m && {
  exit: m.exit, exists: m.exists, truncated: m.truncated,
  sessionId: m.sessionId, parentSessionId: m.parentSessionId, model: model(m.model),
  filediff: fileDiff(m.filediff), files: fileDiffs(m.files),
  results: Array.isArray(m.results) ? m.results.map((r) => ({ filediff: fileDiff(r?.filediff) })) : undefined,
}

// OpenCode's own tools whose output no fact reads: it is file content, mostly.
const SILENT = new Set([
  "apply_patch", "edit", "glob", "grep", "list", "lsp", "multiedit", "patch", "question", "read", "skill", "task",
  "todoread", "todowrite", "webfetch", "websearch", "codesearch", "write",
])
const outputMax = (name, caps) => (caps.outputs || !SILENT.has(name) ? caps.output : 0)

function tool(part, kept, { caps, running }) {
  const { status, input, time } = part.state
  // A `task` that waited for a permission names its sub-agent later than in its first running state.
  const child = part.state.metadata?.sessionId
  const isRepeated = status === "running" && !running.isNew(child ? `${part.id}:${child}` : part.id)
  if (status === "pending" || isRepeated) return false
  const state = { status, metadata: metadata(part.state.metadata), time }
  state.input = inputOf(part.tool, input, caps)
  keep(state, "output", part.state.output, outputMax(part.tool, caps), true)
  keep(state, "error", part.state.error, ERROR_MAX)
  if (status !== "running") state.input_bytes = Buffer.byteLength(JSON.stringify(input ?? {}))
  Object.assign(kept, { tool: part.tool, callID: part.callID, state })
  return true
}

const PARTS = {
  __proto__: null,
  text(part, kept, { caps }) {
    keep(kept, "text", part.text, caps.text)
    return Object.assign(kept, { synthetic: part.synthetic, ignored: part.ignored, time: part.time })
  },
  reasoning(part, kept) {
    keep(kept, "text", part.text, 0)
    return Object.assign(kept, { time: part.time })
  },
  subtask(part, kept) {
    keep(kept, "prompt", part.prompt, 0)
    return Object.assign(kept, { agent: part.agent, command: part.command })
  },
  "step-finish"(part, kept) {
    return Object.assign(kept, { reason: part.reason, cost: part.cost, tokens: part.tokens })
  },
  "step-start": () => true,
  compaction: (part, kept) => Object.assign(kept, { auto: part.auto, overflow: part.overflow }),
  file: (part, kept) => Object.assign(kept, { mime: part.mime }),
  agent: (part, kept) => Object.assign(kept, { name: part.name }),
  tool,
}

function part(p, memory) {
  const fill = PARTS[p.part.type]
  if (fill === undefined) return undefined
  // Until 1.1 a delta came with its part.
  if (p.delta !== undefined && !memory.deltas.isNew(p.part.id)) return undefined
  const kept = { id: p.part.id, sessionID: p.part.sessionID, messageID: p.part.messageID, type: p.part.type }
  return fill(p.part, kept, memory) ? { sessionID: p.sessionID, time: p.time, part: kept } : undefined
}

const delta = (p, { deltas }) =>
  deltas.isNew(p.partID)
    ? { sessionID: p.sessionID, messageID: p.messageID, partID: p.partID, field: p.field }
    : undefined

function diffCounts(diff) {
  if (typeof diff !== "string") return undefined
  const counts = [0, 0]
  for (const line of diff.split("\n"))
    if (line.startsWith("+")) counts[0] += line.startsWith("+++") ? 0 : 1
    else if (line.startsWith("-")) counts[1] += line.startsWith("---") ? 0 : 1
  return counts
}

const toolCall = (c) => c && { messageID: c.messageID, callID: c.callID }
const asked = (p) => ({
  id: p.id, sessionID: p.sessionID, permission: p.permission, type: p.type,
  tool: toolCall(p.tool), messageID: p.messageID, callID: p.callID, diff_counts: diffCounts(p.metadata?.diff),
})
const replied = (p) => ({
  sessionID: p.sessionID, requestID: p.requestID, reply: p.reply,
  permissionID: p.permissionID, response: p.response,
})
const status = (s) => s && { type: s.type, attempt: s.attempt, next: s.next }

// Event type → what is kept of its properties (undefined: nothing). A test compares the types with
// the receiver's handlers.
const FORWARDED = {
  __proto__: null,
  "session.created": session,
  "session.updated": session,
  "session.deleted": session,
  "session.status": (p) => ({ sessionID: p.sessionID, status: status(p.status) }),
  "session.idle": (p) => ({ sessionID: p.sessionID }),
  "session.compacted": (p) => ({ sessionID: p.sessionID }),
  "session.error": (p) => ({ sessionID: p.sessionID, error: error(p.error) }),
  "session.diff": (p) => ({ sessionID: p.sessionID, diff: fileDiffs(p.diff) }),
  "message.updated": message,
  "message.part.updated": part,
  "message.part.delta": delta,
  "permission.asked": asked,
  "permission.updated": asked,
  "permission.replied": replied,
  "vcs.branch.updated": (p) => ({ branch: p.branch }),
}
const WITHOUT_SESSION = new Set(["vcs.branch.updated"]) // such an event opens no journal

// ---- The journal: header, segments, one write per event. ----

class Recent {
  // Knows at least the last RECENT_IDS ids and never more than twice as many.
  _young = new Set()
  _old = new Set()

  isNew(id) {
    if (this._young.has(id) || this._old.has(id)) return false
    if (this._young.size >= RECENT_IDS) [this._old, this._young] = [this._young, new Set()]
    this._young.add(id)
    return true
  }
}

// What the reductions of events remember. How much of a text is kept is asked at the first one: a start is short.
class Memory {
  deltas = new Recent()
  running = new Recent()

  constructor(env) {
    this._env = env
  }

  get caps() {
    return (this._caps ??= capsOf(this._env))
  }
}

const builtin = (name) => process.getBuiltinModule(name) // when it is needed: loading costs milliseconds
const isOn = (env, ...names) => names.some((name) => env[name])
// Of several names of a switch the first one that is set decides, as in the settings table.
const isSet = (value) => Boolean(value) && !/^(0|false|no|off)$/i.test(value.trim())
const said = (env, ...names) => {
  const value = env[names.find((name) => env[name])]
  return value === undefined ? undefined : isSet(value)
}

function destinationsOf(env) {
  const chosen = env.OPENCODE_OTEL_DESTINATIONS && env.OPENCODE_OTEL_DESTINATIONS.split(",").map((name) => name.trim())
  const isGiven = (name) => isSet(env[name]) || (Boolean(env[name]) && name.endsWith("_ID")) // an id may be 0
  const isStarted = (name) => DESTINATIONS[name].starts.some((names) => names.every(isGiven))
  const isStopped = (name) => said(env, ...DESTINATIONS[name].stops) === false
  const isUsed = (name) => (chosen ? chosen.includes(name) : isStarted(name)) && !isStopped(name)
  return Object.keys(DESTINATIONS).filter(isUsed)
}

const isWanted = (env) => Boolean(env.OPENCODE_ENABLE_TELEMETRY) || destinationsOf(env).length > 0

// What leaves is decided by the agent. A text is kept when some destination gets it: a switch that says no holds
// for all of them, one that says yes for the generic one.
function capsOf(env) {
  if (env === process.env) return capsOfOne(env) // tables stand in settings files only
  const all = [env, ...tablesOf(env)].map(capsOfOne)
  const largest = (name) => all.map((caps) => caps[name]).reduce((one, other) => (one > other ? one : other))
  return Object.fromEntries(Object.keys(all[0]).map((name) => [name, largest(name)]))
}

// A further generic destination has what the settings say at the top, but for what its table says.
function tablesOf(env) {
  const tables = {}
  if (env.OPENCODE_ENABLE_TELEMETRY)
    for (const name of Object.keys(env)) {
      const [table, key] = name.split(".")
      if (key) (tables[table] ??= { ...env })[key] = env[name]
    }
  return Object.values(tables)
}

const levelOf = (word) => word?.trim().toLowerCase()

function capsOfOne(env) {
  const length = Number.parseInt(env.OPENCODE_CONTENT_MAX_LENGTH, 10)
  const content = length >= 0 ? length : 61440
  const usual = levelOf(env.OPENCODE_CAPTURE_LEVEL)
  const isGeneric = Boolean(env.OPENCODE_ENABLE_TELEMETRY)
  const levels = destinationsOf(env).map((name) => {
    return levelOf(env[`OPENCODE_${name.toUpperCase()}_CAPTURE_LEVEL`]) || usual || "content"
  })
  if (isGeneric) levels.push(usual)
  const isAt = (...wanted) => wanted.some((level) => levels.includes(level))
  const isKept = (isUsual, ...names) => {
    const word = said(env, ...names)
    return word === undefined ? isUsual : word && (isUsual || isGeneric)
  }
  const prompts = ["OPENCODE_LOG_PROMPTS", "OTEL_LOG_USER_PROMPTS"]
  const texts = isKept(isAt("content"), ...prompts) ||
    isKept(isAt("content"), "OPENCODE_LOG_RESPONSES", "OTEL_LOG_ASSISTANT_RESPONSES", ...prompts)
  const outputs = isKept(isAt("content"), "OPENCODE_LOG_TOOL_CONTENT", "OTEL_LOG_TOOL_CONTENT")
  return {
    content,
    text: texts ? content : 0,
    details: outputs || isKept(isAt("content", "details"), "OPENCODE_LOG_TOOL_DETAILS", "OTEL_LOG_TOOL_DETAILS"),
    outputs,
    output: outputs ? Math.max(content, OUTPUT_TAIL) : OUTPUT_TAIL,
  }
}

const SUBCOMMANDS = new Set([
  "acp", "agent", "attach", "auth", "db", "debug", "export", "github", "import", "mcp", "models", "plug",
  "plugin", "pr", "providers", "run", "serve", "session", "stats", "web",
])
const OPTIONS_WITH_VALUE = new Set([
  "--agent", "--cors", "--hostname", "--log-level", "--mdns-domain", "--model", "-m", "--port", "--prompt",
  "--replay-limit", "--session", "-s",
])

function subcommandOf(args) {
  for (let at = 0; at < args.length; at++)
    if (OPTIONS_WITH_VALUE.has(args[at])) at++
    else if (!args[at].startsWith("-")) return SUBCOMMANDS.has(args[at]) ? args[at] : "tui"
  return "tui"
}

const randomHex = () => Math.floor(Math.random() * 2 ** 32).toString(16).padStart(8, "0")

function fromProc(read) {
  try {
    return read()
  } catch {
    return null // no /proc: not Linux; or no such file descriptor
  }
}
const pidStart = () => fs.readFileSync("/proc/self/stat", "latin1").split(")").at(-1).split(" ")[20]
// node:tty would say the same and takes 4 ms to load: a terminal is a character device other than the null device.
const isDevice = (fd) => {
  const stat = fs.fstatSync(fd)
  return stat.isCharacterDevice() && stat.rdev !== fs.statSync(os.devNull).rdev
}
const isTerminal = () => [0, 1].some((fd) => fromProc(() => isDevice(fd)) === true)

function stateDirectory(env) {
  const xdg = env.XDG_STATE_HOME || "" // its specification: a relative path is ignored
  const base = path.isAbsolute(xdg) ? xdg : path.join(env.HOME || os.homedir(), ".local", "state")
  return path.resolve(env.OPENCODE_OTEL_STATE_DIR || path.join(base, "otel-agent"))
}

// The key of the installation's HMACs, made by whoever needs it first.
function hmacKey(state) {
  const file = path.join(state, "key")
  if (!fs.existsSync(file)) makeKey(file)
  const key = readKey(file)
  if (key.length !== 32) throw new Error("the file `key` in it: expected 32 bytes; delete that file")
  return key
}

// Something else of that name, such as a pipe, is not waited for.
function readKey(file) {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants
  const fd = fs.openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    const bytes = Buffer.alloc(33)
    return bytes.subarray(0, fs.readSync(fd, bytes))
  } finally {
    fs.closeSync(fd)
  }
}

// It appears whole or not at all: an empty one, left by a full disk, would be in the way for ever.
function makeKey(file) {
  const draft = `${file}.${process.pid}.${randomHex()}`
  try {
    fs.writeFileSync(draft, crypto.getRandomValues(new Uint8Array(32)), { flag: "wx", mode: 0o600 })
    fs.linkSync(draft, file)
  } catch (failure) {
    if (failure.code !== "EEXIST") throw failure // another one was faster: its key counts
  } finally {
    fs.rmSync(draft, { force: true })
  }
}

// The expressions stand where they are needed: the engine reads them when it comes there.
const withoutUser = (value) => value.replace(/\/\/[^/?#\s]*@/g, "//***@")
const withoutProxyUser = (value) => value.replace(/^([a-z0-9]+:\/\/)?[^/?#\s]*@/i, "$1***@") // maybe no scheme
const URLS = ["_ENDPOINT", "_URL", "_URI", "_HOST", "_BASEURL"]
const hasQuery = (name, value) => value.includes("?") && URLS.some((end) => name.endsWith(end))
const masked = (name, value) => {
  if (name.toLowerCase().endsWith("proxy")) return withoutProxyUser(value)
  const text = value.includes("@") ? withoutUser(value) : value
  return hasQuery(name, value) ? `${text.slice(0, text.indexOf("?"))}?***` : text // a token may be in the query
}

const keyOf = (name) => name.slice(name.indexOf(".") + 1) // of a name in a destination's table, else the name

function settingsOf(env, state, tables) {
  const given = [...RECORDED, ...SECRET, ...tables].filter((name) => env[name])
  const isSecret = (name) => SECRET.includes(keyOf(name))
  const settings = {}
  for (const name of given) if (!isSecret(name)) settings[name] = masked(name, env[name])
  if (settings.OPENCODE_OTEL_STATE_DIR) settings.OPENCODE_OTEL_STATE_DIR = state
  const secrets = given.filter((name) => isSecret(name) || hasQuery(name, env[name]))
  if (secrets.length === 0) return { settings, credentials: {} }
  const { createHmac } = builtin("node:crypto")
  const key = hmacKey(state)
  const seal = (name) => [name, createHmac("sha256", key).update(env[name]).digest("hex")]
  return { settings, credentials: Object.fromEntries(secrets.map(seal)) }
}

const headerOf = (journal, env, now, { tables, project, ignored }) => ({
  format: 1, id: journal.id, segment: 0, opened_ms: now, began_ms: Math.round(now - process.uptime() * 1000),
  plugin: VERSION, pid: process.pid, pid_start: fromProc(pidStart),
  pid_ns: fromProc(() => fs.readlinkSync("/proc/self/ns/pid")), host: os.hostname(),
  subcommand: subcommandOf(process.argv.slice(2)), terminal: env.TERM_PROGRAM || null,
  tty: isTerminal(), ci: isOn(env, "CI"), ...settingsOf(env, journal.state, tables), project, ignored,
})

// JSON.stringify writes a lone surrogate as an escape, which strict decoders refuse with the whole line.
const SURROGATE = /\\\\|\\ud[89a-f][0-9a-f]{2}/g
const wellFormed = (line) =>
  line.includes("\\ud") ? line.replace(SURROGATE, (m) => (m === "\\\\" ? m : "\ufffd")) : line

class Journal {
  lost = 0
  _torn = false
  _fd = undefined
  _segment = -1
  _size = 0
  _limit = SEGMENT_BYTES

  get isOpen() {
    return this._fd !== undefined
  }

  open(env, now, files) {
    this.state = stateDirectory(env)
    this.id = `${now}-${process.pid}-${randomHex()}`
    this.folder = path.join(this.state, os.hostname().replace(/[^A-Za-z0-9._-]/g, "_"), this.id)
    fs.mkdirSync(this.folder, { recursive: true, mode: 0o700 })
    try {
      this.header = headerOf(this, env, now, files)
      this._begin(0)
    } catch (failure) {
      fs.rmdirSync(this.folder)
      throw failure
    }
  }

  // A segment appears with its header whole; from then on nothing is written to the one before.
  _begin(segment) {
    const file = path.join(this.folder, `${segment}.ndjson`)
    const head = wellFormed(JSON.stringify({ journal: { ...this.header, segment } })) + "\n"
    const size = Buffer.byteLength(head)
    const fd = fs.openSync(`${file}.new`, "ax", 0o600)
    try {
      if (fs.writeSync(fd, head) < size) throw Object.assign(new Error("short write"), { code: "ENOSPC" })
      fs.renameSync(`${file}.new`, file)
    } catch (failure) {
      fs.closeSync(fd)
      fs.unlinkSync(`${file}.new`)
      throw failure
    }
    if (this.isOpen) fs.closeSync(this._fd)
    this._fd = fd
    this._segment = segment
    this._size = size
    this._limit = SEGMENT_BYTES
  }

  _rotate() {
    try {
      this._begin(this._segment + 1)
    } catch {
      this._limit += SEGMENT_BYTES // the disk is full: the open segment goes on, and its failures are counted
    }
  }

  get isFull() {
    return this._size >= this._limit
  }

  // Appends a line that belongs to no instance.
  note(line) {
    this._append(JSON.stringify(line) + "\n")
  }

  record(instance, line) {
    if (this.isFull) this._rotate()
    const text = wellFormed(JSON.stringify(line)) + "\n"
    if (instance.segment === this._segment) return this._append(text)
    const who = { project: instance.project, directory: instance.directory, worktree: instance.worktree }
    const first = wellFormed(JSON.stringify({ t: line.t, i: line.i, instance: who })) + "\n"
    if (this._append(first + text)) instance.segment = this._segment
  }

  _append(text) {
    if ((this._torn || this.lost > 0) && !this._tellLoss()) this.lost++
    else if (this._write(text)) return true
    else this.lost++
    return false
  }

  _tellLoss() {
    const loss = JSON.stringify({ t: Date.now(), lost: { lines: this.lost } })
    if (!this._write(`${this._torn ? "\n" : ""}${loss}\n`)) return false
    this.lost = 0
    this._torn = false
    return true
  }

  _write(text) {
    const size = Buffer.byteLength(text)
    try {
      let done = fs.writeSync(this._fd, text)
      if (done < size) {
        const bytes = Buffer.from(text)
        while (done < size) done += fs.writeSync(this._fd, bytes, done, size - done)
      }
    } catch {
      this._torn = true // the disk is full or gone; the caller counts the line
      return false
    }
    this._size += size
    return true
  }
}

// ---- The agent: a detached process that follows the journal until the end of its stdin. ----

// Starts a process with a pipe as its stdin; throws or calls onError when that fails. Bun itself takes 0.4 ms,
// node:child_process 5-12 ms the first time, for it loads its streams.
function startProcess([file, ...args], { cwd, env, onExit, onError }) {
  const options = { cwd, env, detached: true, stdio: ["pipe", "ignore", "ignore"] }
  if (globalThis.Bun) {
    const child = Bun.spawn([file, ...args], { ...options, onExit: (_, code) => onExit(code) })
    child.unref()
    return { end: () => child.stdin.end() }
  }
  const child = builtin("node:child_process").spawn(file, args, options)
  child.on("error", onError)
  child.on("exit", onExit)
  child.stdin.on("error", () => {}) // the agent went before us: its exit says so
  child.stdin.unref()
  child.unref()
  return { end: () => child.stdin.end() }
}

class Agent {
  isGone = false // it runs no more, is not started again, and nobody else reads the journal
  _child = null
  _isEnded = false // we closed its stdin
  _isOwed = false // lines were written after that
  _isFree = true // the next start is not a restart
  _isGivenUp = false
  _restarts = 0
  _restartedAt = -Infinity
  _waiting = []

  constructor(env, journal, { start, now, onInvalid, onFailure }) {
    Object.assign(this, { env, journal, startProcess: start, now, onInvalid, onFailure })
  }

  // Called for every line that was written.
  follow() {
    if (this._child === null) this._start()
    else if (this._isEnded) this._isOwed = true
  }

  // Ends the agent's input; resolves when it has exited, at the latest after `wait` ms.
  finish(wait) {
    if (this._child === null) this._start()
    if (this._child === null) return undefined
    this._isEnded = true
    this._child.end()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, wait)
      this._waiting.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  _start() {
    if (!this._mayStart()) return
    this._isFree = this._isEnded = this._isOwed = false
    const env = { OPENCODE_OTEL_STATE_DIR: this.journal.state }
    for (const [name, value] of Object.entries(this.env)) if (!name.startsWith("PYTHON")) env[name] ??= value
    try {
      this._child = this.startProcess([...AGENT, "run", "--journal", this.journal.folder], {
        cwd: this.journal.state,
        env,
        onExit: (code) => this._exited(code),
        onError: (failure) => this._failed(failure),
      })
    } catch (failure) {
      this._failed(failure)
    }
  }

  _mayStart() {
    if (this._isGivenUp) return false
    if (this._isFree) return true
    if (this.now() - this._restartedAt < RETRY_MS) return false
    if (this._restarts >= RESTARTS) this._giveUp(`it ended ${RESTARTS + 1} times`)
    if (this._isGivenUp) return false
    this._restarts++
    this._restartedAt = this.now()
    return true
  }

  _giveUp(why) {
    this._isGivenUp = this.isGone = true
    this.onFailure(why)
  }

  _failed(failure) {
    this._gone()
    this._giveUp(failure.code ?? "unknown error")
  }

  _exited(code) {
    this._isFree = this._isEnded
    this._gone()
    if (code === INVALID_SETTINGS) this.onInvalid()
    if (code === INVALID_SETTINGS || code === JOURNAL_LOCKED) this._isGivenUp = true
    else if (this._isOwed) this._start()
  }

  _gone() {
    this._child = null
    for (const done of this._waiting.splice(0)) done()
  }
}

function exitWaitMs(env) {
  const wanted = env.OPENCODE_OTEL_EXIT_WAIT_MS
  if (wanted && wanted !== "auto") return Number(wanted) > 0 ? Math.min(Number(wanted), 2 ** 31 - 1) : 0
  const isContainer = env.container || fs.existsSync("/.dockerenv") || fs.existsSync("/run/.containerenv")
  return isOn(env, "CI") || isContainer || !isTerminal() ? 10_000 : 0
}

// ---- Where in a trace things happen: the agent folds the journal by the same rules (docs/traces.md). ----

class Newest {
  // A map that knows at least the RECENT_IDS keys last set or asked for, and never more than twice as many.
  _young = new Map()
  _old = new Map()

  get(key) {
    const value = this._young.get(key)
    if (value !== undefined) return value
    const older = this._old.get(key)
    if (older !== undefined) this.set(key, older)
    return older
  }

  set(key, value) {
    if (this._young.size >= RECENT_IDS) [this._old, this._young] = [this._young, new Map()]
    this._young.set(key, value)
  }
}

// A span by OpenCode's own ids, and the one above it; the outermost, a turn, names the trace.
const place = (kind, session, uid, above) => ({ kind, session, uid, above, depth: (above?.depth ?? 0) + 1 })

const DEEPEST = 64 // places: a sub-agent of a sub-agent has four more
const RUNNING_MAX = 64 // messages of a session: OpenCode answers one at a time
const SESSION_ID = /^ses_([0-9a-f]{12})[0-9A-Za-z]{14}$/

// When a session was created: its id begins with that, inverted, and repeats after 2.2 years.
function createdMs(id, now) {
  const digits = SESSION_ID.exec(id)?.[1]
  if (digits === undefined) return 0
  const created = Math.floor((2 ** 48 - 1 - Number.parseInt(digits, 16)) / 4096)
  const latest = now + 1000
  return Math.max(0, latest - ((latest - created) % 2 ** 36))
}

class Places {
  _sessions = new Newest()
  _messages = new Newest()
  _calls = new Newest()

  constructor(now) {
    this._now = now
    this._began = Math.round(now() - process.uptime() * 1000)
  }

  observe(event) {
    OBSERVED[event.type]?.(this, event.properties)
  }

  // Of a tool call that was seen.
  ofCall(sessionID, callID) {
    const message = this._calls.get(`${sessionID}:${callID}`)?.message
    const above = message === undefined ? undefined : this._asking(sessionID, message)
    return above && place("tool", sessionID, `${message}:${callID}`, above)
  }

  // Of a request to a model: a title is asked for beside the open call, and by another agent.
  ofRequest(sessionID, agent) {
    const session = this._sessions.get(sessionID)
    const [id, asking] = [...(session?.running ?? [])].at(-1) ?? []
    return asking !== undefined && asking === agent ? this._modelCall(sessionID, id) : session?.turn
  }

  _session(id) {
    let session = this._sessions.get(id)
    if (session === undefined) {
      // `turn` outlives its end; `running` has the agent of each message that is not over.
      session = {
        created: createdMs(id, this._now()), task: undefined, prompt: undefined, turn: undefined,
        isOpen: false, isAnswered: false, endedBy: undefined, running: new Map(),
      }
      this._sessions.set(id, session)
    }
    return session
  }

  _messageOf(id) {
    let message = this._messages.get(id)
    if (message === undefined) {
      message = { turn: undefined, isCall: false, isCompaction: false, isHistory: false, isOver: false }
      this._messages.set(id, message)
    }
    return message
  }

  _described(info) {
    const created = info?.time?.created
    if (typeof created === "number") this._session(info.id).created = created
  }

  _message(info) {
    if (!info) return
    const message = this._messageOf(info.id)
    if (message.isOver) return
    const session = this._session(info.sessionID)
    message.isHistory = this._isHistory(info.time, session)
    message.isOver = message.isHistory || info.role === "user"
    if (message.isHistory) return
    if (info.role === "user") this._prompt(session, info)
    if (info.role === "assistant") this._answer(session, message, info)
  }

  // A fork copies messages, and OpenCode publishes old ones again.
  _isHistory(time, session) {
    const created = time?.created
    return created < session.created || (time?.completed ?? created) < this._began
  }

  // A prompt that nobody answered kept OpenCode busy with nothing: the next one takes its place.
  _begin(session, sessionID, uid, isAnswer) {
    if (!session.isOpen || !(isAnswer || session.isAnswered)) {
      session.turn = place("session", sessionID, uid, session.task)
      session.isAnswered = false
    }
    session.isOpen = true
    session.isAnswered ||= isAnswer
  }

  _prompt(session, info) {
    session.prompt = info.id
    this._begin(session, info.sessionID, info.id, false)
  }

  _answer(session, message, info) {
    this._begin(session, info.sessionID, info.parentID ?? session.prompt ?? info.sessionID, true)
    message.turn = session.turn
    message.isCompaction = info.summary === true
    if (info.finish || info.error) message.isCall = true
    message.isOver = typeof info.time?.completed === "number"
    if (message.isOver) session.running.delete(info.id)
    else if (session.running.size < RUNNING_MAX) session.running.set(info.id, info.agent ?? info.mode)
  }

  // Idle is told by two events, maybe before the last message is over; the second may follow the next prompt.
  _idle(sessionID, toldBy) {
    const session = this._sessions.get(sessionID)
    if (session === undefined) return
    if (session.endedBy !== undefined && session.endedBy !== toldBy) session.endedBy = undefined
    else if (session.isOpen && session.running.size === 0) {
      session.isOpen = false
      session.endedBy = toldBy
    }
  }

  _part(part) {
    const type = part?.type
    if (type === "tool") this._tool(part)
    else if (type === "step-start" || type === "step-finish") this._messageOf(part.messageID).isCall = true
  }

  _tool({ sessionID, messageID, callID, tool: name, state }) {
    if (this._messages.get(messageID)?.isHistory) return
    const key = `${sessionID}:${callID}`
    let call = this._calls.get(key)
    if (call?.message !== messageID) this._calls.set(key, (call = { message: messageID, child: undefined }))
    const child = name === "task" && call.child === undefined ? state?.metadata?.sessionId : undefined
    if (child === undefined) return
    call.child = child
    this._link(child, this.ofCall(sessionID, callID))
  }

  // From now on a sub-agent's turns belong to the call that names it; never to one of its own.
  _link(child, task) {
    if (task?.depth > DEEPEST) return
    for (let above = task; above; above = above.above) if (above.session === child) return
    this._session(child).task = task
  }

  // What asked for a tool: a model call, or the turn where a message is none (a shell command of the user).
  _asking(sessionID, messageID) {
    const message = this._messages.get(messageID)
    if (message?.isCall && message.turn) return this._modelCall(sessionID, messageID)
    return message?.turn ?? this._sessions.get(sessionID)?.turn
  }

  _modelCall(sessionID, messageID) {
    const { turn, isCompaction } = this._messages.get(messageID) ?? {}
    const above = isCompaction ? place("compaction", sessionID, messageID, turn) : turn
    return above && place("llm", sessionID, messageID, above)
  }
}

const OBSERVED = {
  __proto__: null,
  "session.created": (places, p) => places._described(p?.info),
  "session.status": (places, p) => p?.status?.type === "idle" && places._idle(p.sessionID, "session.status"),
  "session.idle": (places, p) => places._idle(p?.sessionID, "session.idle"),
  "message.updated": (places, p) => places._message(p?.info),
  "message.part.updated": (places, p) => places._part(p?.part),
}

// ---- Outwards: what shell commands and model requests are told of the trace that they belong to. ----

// One function, so that the engine skips it until it is asked.
function propagation(env, subcommand) {
  // https://www.w3.org/TR/trace-context/#traceparent-header: a later version may have more behind the flags.
  const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?$/
  const TRACESTATE = /^[ -~]+$/

  function remoteOf() {
    const prefix = env.OPENCODE_TRACEPARENT || subcommand !== "run" ? "OPENCODE_" : ""
    const text = env[`${prefix}TRACEPARENT`]?.trim() ?? ""
    const [, version, trace, flags, more] = TRACEPARENT.exec(text) ?? []
    if (trace === undefined || (version === "00" && more !== undefined)) return undefined
    const state = env[`${prefix}TRACESTATE`]?.trim() ?? ""
    const isSampled = Number.parseInt(flags, 16) % 2 === 1
    return { text, trace, isSampled, state: TRACESTATE.test(state) ? state : undefined }
  }

  const SAMPLER = /^(parentbased_)?(always_on|always_off|traceidratio)$/

  function samplerOf() {
    const found = SAMPLER.exec(env.OTEL_TRACES_SAMPLER?.trim().toLowerCase())
    const [, parentBased, root] = found ?? ["", "parentbased_", "always_on"]
    const wanted = Number(env.OTEL_TRACES_SAMPLER_ARG?.trim() || 1)
    const ratio = wanted >= 0 && wanted <= 1 ? wanted : 1
    return { isParentBased: parentBased !== undefined, ratio: { always_on: 1, always_off: 0 }[root] ?? ratio }
  }

  // Whether a trace is sampled follows from its id, as in OpenTelemetry's TraceIdRatioBased for Python.
  const isBelow = (ratio, trace) => BigInt(`0x${trace.slice(16)}`) < BigInt(Math.round(ratio * 2 ** 64))

  const words = (text) => new Set((text ?? "").split(",").map((word) => word.trim()).filter(Boolean))
  const isWord = (text, word) => text?.trim().toLowerCase() === word
  const SPAN_TYPES = ["session", "llm", "tool"]
  const EVERY_TYPE = ["all", "*", "true", "1"]
  const TYPES = { __proto__: null, compaction: "session" } // of the kinds that have no name of their own there

  function disabledTypes() {
    const named = words(env.OPENCODE_DISABLE_TRACES?.toLowerCase())
    const isOff = isWord(env.OTEL_TRACES_EXPORTER, "none") || isWord(env.OTEL_SDK_DISABLED, "true")
    return isOff || EVERY_TYPE.some((word) => named.has(word)) ? new Set(SPAN_TYPES) : named
  }

  // An id is the beginning of a hash of OpenCode's own ids; all zeros would be none.
  function hashed(digits, ...ids) {
    const text = ids.join("\x1f")
    const id = builtin("node:crypto").createHash("sha256").update(text).digest("hex").slice(0, digits)
    return /[^0]/.test(id) ? id : `${id.slice(0, -1)}1`
  }

  function traceOf({ session, uid, above }) {
    return above ? traceOf(above) : hashed(32, "trace", session, uid)
  }

  class Propagation {
    constructor() {
      const { isParentBased, ratio } = samplerOf()
      const remote = remoteOf()
      this._remote = remote
      this._providers = words(env.OPENCODE_TRACE_PROPAGATION_PROVIDERS)
      this._disabled = disabledTypes()
      const isSuppressed = isParentBased && remote?.isSampled === false
      this._isOff = isSuppressed || SPAN_TYPES.every((type) => this._disabled.has(type))
      this._isSampled = (trace) => (isParentBased && remote !== undefined) || isBelow(ratio, trace)
    }

    includes(provider) {
      return this._providers.has("*") || this._providers.has(provider)
    }

    // The trace context of what begins at a place: that of the place or of the nearest one above it whose type
    // is on, else the one that came from outside; {} where there is none.
    at(where) {
      if (this._isOff) return this._incoming()
      if (where === undefined) return {}
      let span = where
      while (span && this._disabled.has(TYPES[span.kind] ?? span.kind)) span = span.above
      if (span === undefined) return this._incoming()
      const trace = this._remote?.trace ?? traceOf(span)
      const id = hashed(16, "span", span.kind, span.session, span.uid)
      const traceparent = `00-${trace}-${id}-${this._isSampled(trace) ? "01" : "00"}`
      return { traceparent, tracestate: this._remote?.state }
    }

    _incoming() {
      return { traceparent: this._remote?.text, tracestate: this._remote?.state }
    }
  }

  return new Propagation()
}

// ---- Settings files: what reads and merges them is one function, so that the engine skips it where none is. ----

// Reads and merges as the agent does: tests/vectors/configuration.json holds the two together.
function settingsFiles() {
  // Who may set what: the scopes of the settings table, the switches that `false` turns off, and what is locked
  // together. A project's file sets PROJECT, and OFF where nobody else does.
  const ENVIRONMENT = [
    "ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "OPENCODE_TRACEPARENT", "OPENCODE_TRACESTATE",
    "TRACEPARENT", "TRACESTATE", "XDG_STATE_HOME", "all_proxy", "http_proxy", "https_proxy", "no_proxy",
  ]
  const OFF = [
    "OPENCODE_DISABLE_LOGS", "OPENCODE_DISABLE_METRICS", "OPENCODE_DISABLE_TRACES",
    "OPENCODE_EXCLUDE_METRICS_ATTRIBUTES", "OTEL_LOGS_EXPORTER", "OTEL_METRICS_EXPORTER", "OTEL_SDK_DISABLED",
    "OTEL_TRACES_EXPORTER",
  ]
  const PROJECT = [
    "OPENCODE_METRIC_ATTRIBUTES", "OPENCODE_RESOURCE_ATTRIBUTES", "OPENCODE_SPAN_ATTRIBUTES",
    "OTEL_RESOURCE_ATTRIBUTES", "OTEL_SERVICE_NAME",
  ]
  const PROCESS = ["OPENCODE_OTEL_STATE_DIR"] // such a name is no destination's
  const SWITCHES = [
    "ARIZE_LOG_PROMPTS", "ARIZE_LOG_TOOL_CONTENT", "ARIZE_LOG_TOOL_DETAILS", "ARIZE_TRACE_ENABLED",
    "BRAINTRUST_DEBUG", "CATALYST_DEBUG", "CATALYST_REDACT_CONTENT", "DD_LLMOBS_AGENTLESS_ENABLED",
    "DD_LLMOBS_ENABLED", "INFERENCE_DEBUG", "INFERENCE_REDACT_CONTENT", "OPENCODE_GENAI_METRICS",
    "OPENCODE_LOG_PROMPTS", "OPENCODE_LOG_RESPONSES", "OPENCODE_LOG_TOOL_CONTENT",
    "OPENCODE_LOG_TOOL_DETAILS", "OTEL_LOG_ASSISTANT_RESPONSES", "OTEL_LOG_TOOL_CONTENT",
    "OTEL_LOG_TOOL_DETAILS", "OTEL_LOG_USER_PROMPTS", "TRACE_TO_BRAINTRUST", "TRACE_TO_CATALYST",
    "TRACE_TO_INFERENCE", "TRACE_TO_LANGFUSE", "TRACE_TO_LANGSMITH",
  ]
  const ALIASES = {
    "CATALYST_ADDITIONAL_METADATA": ["INFERENCE_ADDITIONAL_METADATA"],
    "CATALYST_DEBUG": ["INFERENCE_DEBUG"],
    "CATALYST_OTLP_ENDPOINT": ["INFERENCE_OTLP_ENDPOINT"],
    "CATALYST_REDACT_CONTENT": ["INFERENCE_REDACT_CONTENT"],
    "CATALYST_SERVICE_NAME": ["INFERENCE_SERVICE_NAME"],
    "DD_LLMOBS_ML_APP": ["DD_SERVICE"],
    "LANGFUSE_BASE_URL": ["LANGFUSE_HOST", "LANGFUSE_BASEURL"],
    "LANGFUSE_ENVIRONMENT": ["LANGFUSE_TRACING_ENVIRONMENT"],
    "LANGSMITH_OPENCODE_API_KEY": ["LANGSMITH_API_KEY"],
    "LANGSMITH_OPENCODE_ENDPOINT": ["LANGSMITH_ENDPOINT"],
    "LANGSMITH_OPENCODE_METADATA": ["LANGSMITH_METADATA"],
    "LANGSMITH_OPENCODE_PROJECT": ["LANGSMITH_PROJECT"],
    "OPENCODE_LOG_PROMPTS": ["OTEL_LOG_USER_PROMPTS"],
    "OPENCODE_LOG_RESPONSES": ["OTEL_LOG_ASSISTANT_RESPONSES"],
    "OPENCODE_LOG_TOOL_CONTENT": ["OTEL_LOG_TOOL_CONTENT"],
    "OPENCODE_LOG_TOOL_DETAILS": ["OTEL_LOG_TOOL_DETAILS"],
    "OPENCODE_OTLP_ENDPOINT": [
      "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
      "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT",
    ],
    "OPENCODE_OTLP_HEADERS": [
      "OTEL_EXPORTER_OTLP_METRICS_HEADERS", "OTEL_EXPORTER_OTLP_LOGS_HEADERS",
      "OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS",
    ],
    "OPENCODE_OTLP_METRICS_INTERVAL": ["OTEL_METRIC_EXPORT_INTERVAL"],
    "OPENCODE_OTLP_METRICS_TEMPORALITY": ["OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"],
    "OPENCODE_OTLP_PROTOCOL": [
      "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL",
      "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL",
    ],
    "PHOENIX_PROJECT": ["PHOENIX_PROJECT_NAME"],
    "TRACE_TO_CATALYST": ["TRACE_TO_INFERENCE"],
  }

  const FILE_BYTES = 64 * 1024
  const BY_OTHERS = 0o022 // a file that its group or everybody may write is nobody's word
  const BY_EVERYBODY = 0o002 // git leaves a group its bit
  const PROJECT_BYTES = 1024 // of a value: an attribute is on every point
  const HEADER = /[ \t]*\[/y // of another table: what follows is for later versions
  const DESTINATION = "[a-z][a-z0-9_-]*"
  // A name of a destination's table, which has its name before a dot, or of no table.
  const NAME = new RegExp(`^(?:(${DESTINATION})\\.)?([^.]+)$`)

  // The flat part of TOML: strings on one line, numbers, true, false, lists of strings; tables of destinations.
  function linePattern() {
    const control = String.raw`\x00-\x08\x0a-\x1f\x7f`
    const comment = `#[^${control}]*`
    const none = "[dD][89a-fA-F]"
    const short = `u(?!0000|${none})[0-9a-fA-F]{4}`
    const long = `U(?!00000000|0000${none})00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4}`
    const string = String.raw`(?:"(?:[^"\\${control}]|\\(?:[btnfr"\\]|${short}|${long}))*"|'[^'${control}]*')`
    const digits = "[0-9](?:_?[0-9])*"
    const number = String.raw`[+-]?(?:0|[1-9](?:_?[0-9]){0,17})(?:\.${digits})?(?:[eE][+-]?${digits})?`
    const gap = String.raw`(?:[ \t\n]|\r\n|${comment}\r?\n)*`
    const list = String.raw`\[${gap}(?:${string}${gap},${gap})*(?:${string}${gap})?\]`
    const pair = String.raw`([A-Za-z0-9_-]+)[ \t]*=[ \t]*(${string}|${number}|true|false|${list})[ \t]*`
    const table = String.raw`\[destination\.(${DESTINATION})\][ \t]*`
    return new RegExp(String.raw`[ \t]*(?:${pair}|${table})?(?:${comment})?(?:\r?\n|$)`, "y")
  }

  const ESCAPED = { b: "\b", t: "\t", n: "\n", f: "\f", r: "\r", '"': '"', "\\": "\\" }
  const unescaped = (_, short, long, plain) =>
    ESCAPED[plain] ?? String.fromCodePoint(Number.parseInt(short ?? long, 16))
  function unquoted(text) {
    const inner = text.slice(1, -1)
    return text[0] === "'" ? inner : inner.replace(/\\(?:u(.{4})|U(.{8})|(.))/g, unescaped)
  }

  // A list's strings, without what looks like one in its comments.
  const listed = (text) =>
    text.match(/#[^\n]*|"(?:[^"\\]|\\.)*"|'[^']*'/g)?.filter((one) => one[0] !== "#").map(unquoted) ?? []

  function valueOf(name, text) {
    if (text === "true") return text
    if (text === "false") return SWITCHES.includes(name) ? text : "" // others have no word for off: they are unset
    if (text[0] === "[") return listed(text)
    if (text[0] === '"' || text[0] === "'") return unquoted(text)
    const number = text.replaceAll("_", "")
    return /[.eE]/.test(number) ? number : String(BigInt(number))
  }

  // Names and values of a text, undefined where it is not as it has to be.
  function entriesOf(text) {
    const found = new Map()
    if (text === "") return found
    const tables = new Set()
    const pattern = linePattern()
    let prefix = ""
    for (let at = 0; at < text.length; at = pattern.lastIndex) {
      HEADER.lastIndex = pattern.lastIndex = at
      const line = pattern.exec(text)
      if (line === null) return HEADER.test(text) ? found : undefined
      const [, name, value, table] = line
      if (tables.has(table) || found.has(prefix + name) || (table && found.has("destination"))) return undefined
      if (table) tables.add(table)
      if (table) prefix = `${table}.`
      if (name) found.set(prefix + name, valueOf(name, value))
    }
    return found
  }

  const isKnown = (name) => RECORDED.includes(name) || SECRET.includes(name)
  function isOfFiles(name) {
    const [, table, key] = NAME.exec(name) ?? []
    return isKnown(key) && !ENVIRONMENT.includes(key) && !(table && PROCESS.includes(key))
  }

  // A lock holds for what means the same.
  function together(name) {
    const key = keyOf(name)
    const prefix = name.slice(0, -key.length)
    return [name, ...(ALIASES[key] ?? []).map((alias) => prefix + alias)]
  }

  // The environment with what the texts of files say, and what of it is a project's; undefined where a file of
  // the machine or the user cannot be used: its locks would not hold, and its switches would not count.
  function merged({ managed = "", user = "", projects = [] }, environ) {
    const machine = entriesOf(managed)
    const own = entriesOf(user)
    const locked = machine?.get("locked") ?? []
    if (machine === undefined || own === undefined || typeof locked === "string") return undefined
    const env = {}
    for (const [name, value] of [...machine, ...own])
      if (typeof value === "string" && isOfFiles(name)) env[name] = value
    const named = new Set(Object.keys(env))
    const project = new Set()
    const ignored = new Set()
    for (const [name, value] of projects.flatMap((text) => [...(entriesOf(text) ?? [])])) {
      const isTaken = PROJECT.includes(name) || (OFF.includes(name) && !named.has(name))
      if (isTaken && typeof value === "string" && Buffer.byteLength(value) <= PROJECT_BYTES) {
        env[name] = value
        if (!Object.hasOwn(environ, name)) project.add(name)
      } else if (name.includes(".")) ignored.add("destination")
      else if (isKnown(name)) ignored.add(name)
    }
    Object.assign(env, environ)
    // A lock on a name holds in every destination's table too.
    const held = new Set(locked.filter(isOfFiles).flatMap(together))
    for (const name of held.size > 0 ? new Set([...held, ...Object.keys(env)]) : []) {
      if (!held.has(name) && !held.has(keyOf(name))) continue
      const value = machine.get(name)
      project.delete(name)
      if (typeof value === "string") env[name] = value
      else delete env[name]
    }
    const tables = [...named].filter((name) => name.includes(".") && Object.hasOwn(env, name))
    return { env, tables, project: [...project], ignored: [...ignored] }
  }

  // Throws when somebody else may have written the file.
  function textOf(file, notWritable, flags = 0) {
    const { O_RDONLY, O_NONBLOCK } = fs.constants
    const fd = fs.openSync(file, O_RDONLY | O_NONBLOCK | flags)
    try {
      const found = fs.fstatSync(fd)
      const isOurs = found.uid === 0 || found.uid === process.geteuid()
      const isTrusted = found.isFile() && isOurs && (found.mode & notWritable) === 0
      if (!isTrusted || found.size > FILE_BYTES) throw new Error("not to be trusted")
      const bytes = fs.readFileSync(fd)
      const text = bytes.toString()
      if (text.includes("\ufffd") && !Buffer.from(text).equals(bytes)) throw new Error("no UTF-8")
      return text
    } finally {
      fs.closeSync(fd)
    }
  }

  function projectText(file) {
    try {
      return textOf(file, BY_EVERYBODY, fs.constants.O_NOFOLLOW)
    } catch {
      return "" // a stranger's file stops nothing
    }
  }

  // What holds for this process; undefined where telemetry is off: a project's files are not even read then.
  // Throws when a file cannot be used. `told` adds Arize's file to an environment.
  function configured({ user, near, far }, environ, told) {
    const texts = {}
    if (fs.existsSync(MANAGED)) texts.managed = textOf(MANAGED, BY_OTHERS)
    if (fs.existsSync(user)) texts.user = textOf(user, BY_OTHERS)
    const found = merged(texts, environ)
    if (found === undefined) throw new Error("no flat TOML")
    if (!isWanted(told(found.env))) return undefined
    const projects = [...new Set([far, near])].filter((file) => fs.existsSync(file))
    return projects.length === 0 ? found : merged({ ...texts, projects: projects.map(projectText) }, environ)
  }

  return { configured, merged }
}

// ---- One core per process, shared by every instance and by every copy of this file. ----

// Calls OpenCode without waiting; an OpenCode that has no such call goes on without it.
function call(client, ask, use = () => {}) {
  Promise.resolve(client).then(ask).then(use).catch(() => {})
}

function tell(client, why) {
  const text = `telemetry is off: ${why}`
  call(client, (one) => one.app.log({ body: { service: "otel-agent", level: "error", message: text } }))
  call(client, (one) => one.tui.showToast({ body: { message: text, variant: "error" } }))
}

const agentName = (agent) => (typeof agent === "string" ? agent : agent?.name)
const modelCall = (c) => ({
  type: "chat.params", sessionID: c.sessionID, agent: agentName(c.agent),
  providerID: c.model?.providerID, modelID: c.model?.id,
  limit: c.model?.limit && { context: c.model.limit.context, output: c.model.limit.output },
})
const slashCommand = (c) => ({ type: "command.execute.before", sessionID: c.sessionID, command: c.command })

class Core {
  _journal = new Journal()
  _memory
  _agent
  _isOff = false
  _instances = 0
  _live = 0
  _lastEvent
  _seenInputs = new WeakSet()
  _triedAt = -Infinity
  _said = new Set()
  _exitWaitMs = 0
  _places
  _propagation

  constructor({ env, tables = [], project = [], ignored = [], now = Date.now, start = startProcess }) {
    this.env = env
    this._files = { tables, project, ignored } // names that settings files have
    this.now = now
    this._memory = new Memory(env)
    this._places = new Places(now)
    this._agent = new Agent(env, this._journal, {
      start,
      now,
      onInvalid: () => this._turnOff(),
      onFailure: (why) => this._say(`the agent cannot run (${why}); run \`otel-agent install\` again`),
    })
  }

  attach(input) {
    this.client = input.client
    const instance = {
      i: this._instances++, segment: undefined, isGone: false, isAsked: false, client: input.client,
      project: input.project?.id, directory: input.directory, worktree: input.worktree,
    }
    this._live++
    return {
      event: (call) => this._guard(() => this._event(instance, call.event)),
      "chat.params": (call) => this._guard(() => this._hook(instance, call, modelCall)),
      "command.execute.before": (call) => this._guard(() => this._hook(instance, call, slashCommand)),
      "shell.env": (call, output) => this._hand(() => this._tellShell(call, output.env)),
      "chat.headers": (call, output) => this._hand(() => this._tellProvider(call, output.headers)),
      dispose: () => this._guard(() => this._dispose(instance)),
    }
  }

  _guard(act) {
    try {
      return act()
    } catch {
      this._journal.lost++ // told in the next line that is written
      return undefined
    }
  }

  _event(instance, event) {
    const reduce = FORWARDED[event.type]
    if (reduce === undefined || this._isOff) return
    const identity = event.id ?? event.properties
    if (identity === this._lastEvent) return // another copy of this file has journaled it
    this._lastEvent = identity
    this._places.observe(event)
    if (!this._journal.isOpen && (WITHOUT_SESSION.has(event.type) || !this._open())) return
    const properties = reduce(event.properties, this._memory)
    if (properties === undefined) return
    this._record(instance, "event", { id: event.id, type: event.type, properties })
  }

  _hook(instance, call, reduce) {
    if (this._isOff || this._seenInputs.has(call)) return
    this._seenInputs.add(call)
    if (this._journal.isOpen || this._open()) this._record(instance, "hook", reduce(call))
  }

  _hand(act) {
    try {
      if (!this._isOff) act()
    } catch {
      return // OpenCode goes on without what we could not tell
    }
  }

  get _outwards() {
    return (this._propagation ??= this._propagate())
  }

  // Only the generic destination has traces that others join.
  _propagate() {
    const env = this.env.OPENCODE_ENABLE_TELEMETRY ? this.env : { ...this.env, OTEL_TRACES_EXPORTER: "none" }
    return propagation(env, subcommandOf(process.argv.slice(2)))
  }

  // A terminal that a person opened has no session.
  _tellShell({ sessionID, callID }, env) {
    if (!sessionID) return
    env.OPENCODE_SESSION_ID = sessionID
    const { traceparent, tracestate } = this._outwards.at(this._places.ofCall(sessionID, callID))
    if (traceparent === undefined) return
    env.TRACEPARENT = traceparent
    // What OpenCode's own environment has may belong to another parent.
    if (tracestate || this.env.TRACESTATE) env.TRACESTATE = tracestate ?? ""
    // This one wins in an OpenCode that the command starts, and that belongs to the command.
    const wins = this.env.OPENCODE_TRACEPARENT?.trim()
    if (wins && wins !== traceparent) env.OPENCODE_TRACEPARENT = traceparent
  }

  // `provider` is in the call too, and the API key in it: nothing of that is looked at.
  _tellProvider({ sessionID, agent, model: { providerID } }, headers) {
    if (!this._outwards.includes(providerID)) return
    const { traceparent, tracestate } = this._outwards.at(this._places.ofRequest(sessionID, agentName(agent)))
    if (traceparent) headers.traceparent = traceparent
    if (tracestate) headers.tracestate = tracestate
  }

  _record(instance, kind, value) {
    if (this._agent.isGone && this._journal.isFull) return // nobody reads: a segment is kept, not a full disk
    this._journal.record(instance, { t: this.now(), i: instance.i, [kind]: value })
    this._agent.follow()
    if (!instance.isAsked) this._askServers(instance)
  }

  _open() {
    const now = this.now()
    try {
      if (now - this._triedAt >= RETRY_MS) {
        this._triedAt = now
        this._journal.open(this.env, now, this._files)
        this._exitWaitMs = exitWaitMs(this.env) // now: a hangup takes the terminal away before `dispose`
        this._askVersion()
      }
    } catch (failure) {
      const why = `nothing can be written in its state directory (${failure.code ?? failure.message})`
      this._say(`${why}; set OPENCODE_OTEL_STATE_DIR to another one`)
    }
    if (!this._journal.isOpen) this._journal.lost++
    return this._journal.isOpen
  }

  // The in-process server is the one place that tells OpenCode's own version in every process.
  _askVersion() {
    this._call((client) => client._client.get({ url: "/global/health" }), (answer) => {
      const version = answer?.data?.version
      if (typeof version === "string") this._journal.note({ t: this.now(), opencode: { version } })
    })
  }

  // A tool of an MCP server is known only by its name, which begins with the server's.
  _askServers(instance) {
    instance.isAsked = true
    this._call((client) => client._client.get({ url: "/mcp" }), (answer) => {
      const mcp = typeof answer?.data === "object" ? Object.keys(answer.data ?? {}) : []
      if (mcp.length > 0) this._journal.note({ t: this.now(), i: instance.i, opencode: { mcp } })
    }, instance.client)
  }

  _dispose(instance) {
    if (instance.isGone) return undefined
    instance.isGone = true
    this._live--
    if (this._live > 0 || this._isOff || !this._journal.isOpen) return undefined
    return this._exitWaitMs > 0 ? this._agent.finish(this._exitWaitMs) : undefined
  }

  _turnOff() {
    this._isOff = true
    this._say("its settings are invalid; run `otel-agent status`")
  }

  // Tells the user once, in OpenCode's log and on its screen.
  _say(why) {
    if (this._said.has(why)) return
    this._said.add(why)
    tell(this.client, why)
  }

  _call(ask, use, client = this.client) {
    call(client, ask, use)
  }
}

const CORE = Symbol.for("opencode-otel-agent.core")

const NOTHING = { attach: () => ({}) } // a core that has said why telemetry is off

// Arize's tracing of coding agents has a file of its own, which may lead to one of our destinations. The agent
// reads it; a journal whose header does not name it goes there never.
function withHarness(env, folder) {
  if (env.OPENCODE_ARIZE_HARNESS_FILE || said(env, "ARIZE_TRACE_ENABLED") === false) return env
  const file = [`${folder}/config.json`, `${folder}/config.yaml`].find((one) => fs.existsSync(one))
  const text = file && fromProc(() => fs.readFileSync(file, "utf8"))
  return text?.includes("opencode") ? { ...env, OPENCODE_ARIZE_HARNESS_FILE: file } : env
}

// At every start: where no settings file is, nothing but that is found out.
function coreOf({ client, directory, worktree }) {
  const home = process.env.HOME || os.homedir()
  const harness = `${home}/.arize/harness`
  const isHarness = fs.existsSync(harness)
  const told = (env) => (isHarness ? withHarness(env, harness) : env)
  const xdg = process.env.XDG_CONFIG_HOME || "" // its specification: a relative path is ignored
  const base = path.isAbsolute(xdg) ? xdg : `${home}/.config`
  const user = `${base}/otel-agent/config.toml`
  const isOwn = fs.existsSync(MANAGED) || fs.existsSync(user)
  const environ = isOwn ? process.env : told(process.env) // what settings files say of the file counts
  if (!isOwn && !isWanted(environ)) return undefined
  const near = `${directory}/.opencode/otel-agent.toml`
  // OpenCode's work tree of a folder without git is the root.
  const far = worktree === "/" ? near : `${worktree}/.opencode/otel-agent.toml`
  if (!isOwn && !fs.existsSync(near) && !fs.existsSync(far)) return new Core({ env: environ })
  try {
    const found = settingsFiles().configured({ user, near, far }, process.env, told)
    return found && new Core({ ...found, env: told(found.env) })
  } catch {
    tell(client, "a settings file cannot be used; run `otel-agent doctor`")
    return NOTHING
  }
}

async function server(input) {
  try {
    globalThis[CORE] ??= coreOf(input)
    return globalThis[CORE]?.attach(input) ?? {}
  } catch {
    return {} // not an OpenCode that this file knows
  }
}

// OpenCode reads id and server; tests make a core with a clock and a way to start processes of their own, and
// ask for the trace context in environments of their own.
export default { id: "otel-agent", server, internals: { Core, propagation, settingsFiles } }
