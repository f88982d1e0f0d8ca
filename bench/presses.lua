-- wrk asks one recorded key press after another: path, signature and body, one a line.
local presses, at = {}, 0

function init(args)
  for line in io.lines(args[1]) do
    local path, signature, body = line:match("^(%S+)\t(%S+)\t(%S+)$")
    presses[#presses + 1] = wrk.format("POST", path, {
      ["Host"] = "line.example.org",
      ["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8",
      ["X-Twilio-Signature"] = signature,
      ["I-Twilio-Idempotency-Token"] = "3b7f8d5e-6f39-4c5e-9f0c-2a4c1a1e9b53",
      ["User-Agent"] = "TwilioProxy/1.1",
      ["Accept"] = "*/*",
    }, body)
  end
end

function request()
  at = at % #presses + 1
  return presses[at]
end

function done(summary, latency)
  local lost = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99),
    lost.connect + lost.read + lost.write + lost.status + lost.timeout))
end
