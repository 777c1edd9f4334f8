// The cheapest honest plugin: one JSON.stringify and one writeSync for every event whose type is forwarded.
import fs from "node:fs"
import path from "node:path"

export default {
  id: "reference",
  async server(input) {
    const forwarded = new Set(input.bench.forwarded)
    let fd
    return {
      event({ event }) {
        if (!forwarded.has(event.type)) return
        fd ??= fs.openSync(path.join(input.bench.folder, "reference.ndjson"), "ax", 0o600)
        fs.writeSync(fd, JSON.stringify({ t: Date.now(), event }) + "\n")
      },
      dispose() {},
    }
  },
}
