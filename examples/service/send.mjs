// Sends recorded events to a groundrules service, some lines at a time. Whatever was not answered is sent again: the
// service knows an event by its id and decides on it once.
//
//   node send.mjs http://127.0.0.1:8080 TOKEN week.jsonl
import { readFile } from "node:fs/promises";

const [base, token, path] = process.argv.slice(2);
const lines = (await readFile(path, "utf8")).split("\n").filter((line) => line.trim());
const pause = (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds));

async function send(some) {
  const answer = await fetch(`${base}/v1/events`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/x-ndjson" },
    body: some.join("\n") + "\n",
  });
  if (answer.status === 429 || answer.status === 503) return 0;
  if (!answer.ok) throw new Error(await answer.text());
  const said = (await answer.text()).trim().split("\n").map((line) => JSON.parse(line));
  return said.filter((one) => !one.problem).length;
}

for (let sent = 0; sent < lines.length; ) {
  let answered = 0;
  try {
    answered = await send(lines.slice(sent, sent + 5));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // fetch: the connection broke, or nobody listens
  }
  sent += answered;
  if (answered) console.log(`${sent} of ${lines.length}`);
  else await pause(0.2);
}
