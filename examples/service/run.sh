#!/usr/bin/env bash
# The week of the customer group, sent by node (or plain Python) to a service that is killed twice on the way. What the
# log holds at the end is, decision for decision, what `groundrules run` writes.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
group=$here/../customer-group
work=$(mktemp -d)
cd "$work"
server=
sender=
trap 'kill -9 $server $sender 2>/dev/null || true; rm -rf "$work"' EXIT

token=$(groundrules token tokens.json --name example --role administer)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
base=http://127.0.0.1:$port

start() {
    groundrules serve "$group" --store sqlite:week.db --port "$port" --tokens tokens.json --no-ticks 2>>log.txt &
    server=$!
    until curl --silent --fail --output /dev/null "$base/readyz"; do
        kill -0 $server || { cat log.txt; exit 1; }
        sleep 0.1
    done
}

sent() { wc -l <sent.txt; }

start
if command -v node >/dev/null; then
    node "$here/send.mjs" "$base" "$token" "$group/week.jsonl" >sent.txt &
else
    python3 "$here/send.py" "$base" "$token" "$group/week.jsonl" >sent.txt &
fi
sender=$!
for some in 4 12; do
    until [ "$(sent)" -ge $some ]; do sleep 0.02; done
    kill -9 $server
    wait $server 2>/dev/null || true
    echo "killed after $(tail -n 1 sent.txt) events"
    start
done
wait $sender
sender=

curl --silent --fail --header "Authorization: Bearer $token" "$base/v1/decisions?limit=1000" >log.json
kill $server
wait $server
server=
groundrules run "$group" "$group/week.jsonl" --quiet >run.jsonl
python3 - <<'END'
import json
kept = [json.dumps(one["decision"]) for one in json.load(open("log.json", encoding="utf-8"))["decisions"]]
run = [json.dumps(json.loads(line)) for line in open("run.jsonl", encoding="utf-8")]
assert kept == run, "the log is not what `groundrules run` decides"
print(f"{len(kept)} decisions, each as groundrules run has it")
END
