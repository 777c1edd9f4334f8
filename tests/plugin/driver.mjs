// Plays OpenCode for the plugin: reads a JSON command a line from stdin, answers each with a line of JSON.
import readline from "node:readline"

const copies = []
const instances = []
const said = []
let core // one with a clock and an agent of the test's own
let clock = 1_000_000
const starts = []

const servers = { echo: { status: "connected" }, "my db": { status: "failed", error: "private" } }
const client = {
  app: { log: async ({ body }) => said.push(["log", body.level, body.message]) },
  tui: { showToast: async ({ body }) => said.push(["toast", body.variant, body.message]) },
  _client: { get: async ({ url }) => ({ data: url === "/mcp" ? servers : { healthy: true, version: `7.7.7${url}` } }) },
}
const rejecting = {
  app: { log: () => Promise.reject(new Error("no log")) },
  tui: {},
  _client: { get: () => { throw new Error("no server") } },
}
const input = ({ directory, worktree = `${directory}/tree`, client: name }) => ({
  client: name === "rejecting" ? rejecting : client,
  project: { id: `project of ${directory}` }, directory, worktree,
})

function timed(act) {
  const before = performance.now()
  try {
    const result = act()
    return { result, threw: null, ms: performance.now() - before }
  } catch (failure) {
    return { threw: String(failure), ms: performance.now() - before }
  }
}

const commands = {
  async load({ url }) {
    const module = await import(url)
    copies.push(module.default)
    return { id: module.default.id, exports: Object.keys(module) }
  },
  async attach({ copy = 0, directory = "/project", worktree, client }) {
    const hooks = await copies[copy].server(input({ directory, worktree, client }))
    instances.push(hooks)
    return { instance: instances.length - 1, hooks: Object.keys(hooks).sort() }
  },
  // `js` is for what JSON cannot say: cycles, getters that throw, BigInt.
  hook({ instance = 0, name = "event", value, js, output }) {
    const call = js === undefined ? value : new Function(`return ${js}`)()
    const { result, threw, ms } = timed(() => instances[instance][name](call, output))
    return { threw, ms, returned: typeof result, output }
  },
  // Calls a hook with the arguments that `js` lists.
  spread({ instance = 0, name, js }) {
    const { threw } = timed(() => instances[instance][name](...new Function(`return ${js}`)()))
    return { threw }
  },
  events({ instance = 0, events }) {
    for (const event of events) instances[instance].event({ event })
    return {}
  },
  async dispose({ instance = 0 }) {
    const before = performance.now()
    const { result, threw, ms } = timed(() => instances[instance].dispose())
    await result
    return { threw, ms, waited_ms: performance.now() - before }
  },
  disposing({ instance = 0 }) {
    instances[instance].dispose()
    return {}
  },
  // Plays a journal's lines and asks as a shell does: in each tool call, once it was told of.
  replay({ instance = 0, lines }) {
    const told = {}
    for (const { t, event } of lines) {
      clock = t
      instances[instance].event({ event })
      const { type, sessionID, callID } = event.properties.part ?? {}
      if (type !== "tool" || callID in told) continue
      const output = { env: {} }
      instances[instance]["shell.env"]({ cwd: "/", sessionID, callID }, output)
      told[callID] = output.env.TRACEPARENT ?? null
    }
    return { told }
  },
  context({ env, subcommand, where }) {
    return copies[0].internals.propagation(env, subcommand).at(where)
  },
  merged({ texts, env }) {
    return copies[0].internals.settingsFiles().merged(texts, env) ?? {}
  },
  core({ env, at = clock, uptime_ms }) {
    clock = at
    if (uptime_ms !== undefined) process.uptime = () => uptime_ms / 1000
    const start = (argv, { onExit, onError }) => {
      starts.push({ argv, onExit, onError })
      return { end() {} }
    }
    core = new copies[0].internals.Core({ env: { ...process.env, ...env }, now: () => clock, start })
    instances.push(core.attach(input({ directory: "/project" })))
    return { instance: instances.length - 1 }
  },
  pass({ ms }) {
    clock += ms
    return {}
  },
  exit({ code }) {
    starts.at(-1).onExit(code)
    return {}
  },
  environ: () => ({ names: Object.keys(process.env) }),
  now: () => ({ ms: Date.now() }),
  starts: () => ({ starts: starts.length }),
  said: () => ({ said }),
  pid: () => ({ pid: process.pid }),
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { command, ...rest } = JSON.parse(line)
  const answer = await commands[command](rest)
  process.stdout.write(JSON.stringify(answer) + "\n")
}
process.exit(0)
