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
const input = ({ directory, client: name }) => ({
  client: name === "rejecting" ? rejecting : client,
  project: { id: `project of ${directory}` }, directory, worktree: `${directory}/tree`,
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
  async attach({ copy = 0, directory = "/project", client }) {
    const hooks = await copies[copy].server(input({ directory, client }))
    instances.push(hooks)
    return { instance: instances.length - 1, hooks: Object.keys(hooks).sort() }
  },
  // `js` is for what JSON cannot say: cycles, getters that throw, BigInt.
  hook({ instance = 0, name = "event", value, js }) {
    const call = js === undefined ? value : new Function(`return ${js}`)()
    const { result, threw, ms } = timed(() => instances[instance][name](call))
    return { threw, ms, returned: typeof result }
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
  core({ env }) {
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
