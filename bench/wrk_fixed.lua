-- One URL again and again, and what came of it on one line, as wrk.lua prints it.
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    "RESULT {\"requests\": %d, \"seconds\": %.6f, \"p50_ms\": %.3f, \"p99_ms\": %.3f, \"bytes\": %d, " ..
      "\"errors\": %d}\n",
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.bytes, errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
