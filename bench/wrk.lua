-- Without arguments: the URL again and again. With them one URL per request, each of another file:
-- `/NUMBER.jpg?…&n=COUNTER`. Files are links to one picture, so that no two requests under way share a key and none can be
-- answered with another's work. What came of it is printed on one line.
--
--   wrk … -s wrk.lua URL [-- QUERY FILES THREADS]
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

local function varied()
  counter = counter + step
  return wrk.format("GET", "/" .. (counter % files) .. ".jpg?" .. query .. "&n=" .. counter)
end

function init(args)
  if #args > 0 then
    query = args[1]
    files = tonumber(args[2])
    step = tonumber(args[3])
    counter = number
    request = varied
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    "RESULT {\"requests\": %d, \"seconds\": %.6f, \"p50_ms\": %.3f, \"p99_ms\": %.3f, \"bytes\": %d, " ..
      "\"errors\": %d}\n",
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.bytes, errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
