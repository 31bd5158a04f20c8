// A worker for bench/engine.py on sharp, with the protocol of crates/bench/src/bin/engine.rs:
//
//   node engine.mjs STEPS SOURCE
//
// STEPS is JSON: a list of sharp's methods with their arguments, e.g. [["resize", {"width": 500}], ["jpeg", {}]].
// {"file": "NAME"} anywhere in it is the content of that file beside SOURCE. A first step "open" holds sharp's options.
// The command `decode FILE TO` writes any picture as PNG, for the scores.
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import sharp from 'sharp'

sharp.concurrency(1)
sharp.cache(false)

const [stepsText, path] = process.argv.slice(2)
const source = await readFile(path)
const files = new Map()
for (const [, name] of stepsText.matchAll(/"file":\s*"([^"]+)"/g)) {
  files.set(name, await readFile(join(dirname(path), name)))
}
const steps = JSON.parse(stepsText, (_, value) => (value?.file ? files.get(value.file) : value))
const [options, methods] = steps[0][0] === 'open' ? [steps[0][1], steps.slice(1)] : [{}, steps]

const make = () =>
  methods.reduce((picture, [method, ...values]) => picture[method](...values), sharp(source, options)).toBuffer()

const answer = (value) => console.log(JSON.stringify(value))

let last
const commands = {
  async run(count) {
    const [cpu, wall] = [process.cpuUsage(), process.hrtime.bigint()]
    for (let n = 0; n < Number(count); n++) last = await make()
    const { user, system } = process.cpuUsage(cpu)
    answer({
      cpu_ms: (user + system) / 1000 / count,
      wall_ms: Number(process.hrtime.bigint() - wall) / 1e6 / count,
      bytes: last.length
    })
  },
  async save(to) {
    await writeFile(to, last)
    answer({ saved: to })
  },
  async decode(from, to) {
    await sharp(from).png({ compressionLevel: 1 }).toFile(to)
    answer({ saved: to })
  }
}

answer({ ready: sharp.versions })
for await (const line of createInterface({ input: process.stdin })) {
  const [command, ...values] = line.split(' ')
  await commands[command](...values)
}
