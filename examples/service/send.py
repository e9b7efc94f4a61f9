"""What send.mjs does, for those without node, with nothing but the standard library and no groundrules.

python send.py http://127.0.0.1:8080 TOKEN week.jsonl
"""

import http.client
import json
import sys
import time
from urllib.parse import urlsplit

base, token, path = sys.argv[1:]
with open(path, encoding="utf-8") as file:
    lines = [line.strip() for line in file if line.strip()]


def send(some: list[str]) -> int:
    """Send lines; return how many were answered."""
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=30)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"}
    try:
        connection.request("POST", "/v1/events", "\n".join(some).encode() + b"\n", headers)
        answer = connection.getresponse()
        said = answer.read().decode()
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
    if answer.status in (429, 503):
        return 0
    if answer.status != 200:
        sys.exit(said)
    return sum("problem" not in json.loads(line) for line in said.splitlines())


sent = 0
while sent < len(lines):
    answered = send(lines[sent : sent + 5])
    sent += answered
    if answered:
        print(f"{sent} of {len(lines)}", flush=True)
    else:
        time.sleep(0.2)
