// A small image server on sharp, doing what lightmill is asked for: a JPEG inside a box, compressed anew.
//
//   node server.mjs ROOT PORT WIDTH HEIGHT QUALITY
//
// One worker per core, each with libvips on one thread: more threads than cores only add switching. libvips' cache is
// off, as a cache of lightmill's results is.
import cluster from 'node:cluster'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'

const [root, port, width, height, quality] = process.argv.slice(2)

if (cluster.isPrimary) {
  const workers = availableParallelism()
  let listening = 0
  for (let n = 0; n < workers; n++) cluster.fork()
  cluster.on('listening', () => {
    if (++listening === workers) console.log(`listening on http://127.0.0.1:${port} with ${workers} workers`)
  })
  cluster.on('exit', () => process.exit(1))
} else {
  sharp.concurrency(1)
  sharp.cache(false)
  createServer(async (request, response) => {
    try {
      const { pathname } = new URL(request.url, 'http://localhost')
      if (!/^\/[\w.-]+(\/[\w.-]+)?$/.test(pathname) || pathname.includes('..')) {
        response.writeHead(404).end()
        return
      }
      const source = await readFile(join(root, pathname))
      const result = await sharp(source)
        .resize({ width: Number(width), height: Number(height), fit: 'inside', withoutEnlargement: true })
        .jpeg({ quality: Number(quality), chromaSubsampling: '4:2:0' })
        .toBuffer()
      response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': result.length }).end(result)
    } catch (error) {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error))
    }
  }).listen(Number(port), '127.0.0.1')
}
