// The playground while somebody types: what is found is underlined where it stands. Without script a button does it.
"use strict";

(() => {
  const form = document.getElementById("playground");
  const words = form.dataset;
  const fields = () => [...form.querySelectorAll(".editor textarea")];
  const nameOf = (field) => form.elements[field.name.replace("file.", "name.")].value.trim();

  // --- underlining: a copy of the text below the field, in which marks stand where the findings do ----------------------

  const underlay = (field) => {
    const under = document.createElement("pre");
    under.className = "under code";
    under.setAttribute("aria-hidden", "true");
    field.before(under);
    field.parentElement.classList.add("live");
    field.addEventListener("scroll", () => { under.scrollTop = field.scrollTop; });
    return under;
  };

  const unders = new Map(fields().map((field) => [field, underlay(field)]));

  const draw = (field, findings) => {
    const points = Array.from(field.value);
    const parts = [];
    let at = 0;
    for (const one of findings.slice().sort((a, b) => a.start - b.start || b.end - a.end)) {
      const start = Math.max(one.start, at);
      const end = Math.min(Math.max(one.end, start + 1), points.length);
      if (start >= end) continue;
      const mark = document.createElement("mark");
      mark.className = one.severity;
      mark.textContent = points.slice(start, end).join("");
      parts.push(points.slice(at, start).join(""), mark);
      at = end;
    }
    parts.push(points.slice(at).join("") + "\n");
    const under = unders.get(field);
    under.replaceChildren(...parts);
    under.scrollTop = field.scrollTop;
    field.setAttribute("aria-invalid", findings.some((one) => one.severity === "error") ? "true" : "false");
  };

  // --- answers ------------------------------------------------------------------------------------------------------------

  const element = (name, text, kind) => {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  };

  const lines = (text) => {
    const pre = element("pre", "", "lines");
    pre.tabIndex = 0;
    for (const line of text) {
      for (const [piece, style] of line) pre.append(style ? element("span", piece, style) : piece);
      pre.append("\n");
    }
    return pre;
  };

  const place = (one) => {
    const field = fields().find((other) => nameOf(other) === one.file);
    if (!field) return;
    const before = Array.from(field.value);
    const start = before.slice(0, one.start).join("").length;
    field.focus();
    field.setSelectionRange(start, start + before.slice(one.start, one.end).join("").length);
  };

  const finding = (one) => {
    const item = element("li", "", one.severity);
    const where = element("button", `${one.file}:${one.line}:${one.column}`, "quiet");
    where.type = "button";
    where.addEventListener("click", () => place(one));
    item.append(where, " ", element("code", one.code), ` ${one.message}`);
    if (one.help) item.append(element("br"), element("span", `${words.help}: ${one.help}`, "faint"));
    return item;
  };

  const show = (found, tested) => {
    const box = document.getElementById("findings");
    const list = element("ul", "", "findings");
    list.append(...(found.findings || []).map(finding));
    const nothing = !found.problem && !list.children.length;
    box.replaceChildren(...(found.problem ? [element("p", found.problem, "bad")] : []), list,
      ...(nothing ? [element("p", words.clean, "good")] : []));
    for (const field of fields()) draw(field, (found.findings || []).filter((one) => one.file === nameOf(field)));
    if (found.handbook) document.getElementById("handbook").innerHTML = found.handbook;
    if (tested) {
      document.getElementById("tests").replaceChildren(found.tests ? lines(found.tests) : element("p", words.untested));
    }
    if (found.chat) {
      document.getElementById("chat").replaceChildren(...found.chat.map((one) => {
        const spoken = element("div", "", "spoken");
        spoken.append(element("p", one.line, "said"), lines(one.answer));
        return spoken;
      }));
    }
    for (const [name, text] of Object.entries(found.changed || {})) {
      const field = fields().find((other) => nameOf(other) === name);
      if (field) field.value = text;
    }
  };

  // --- asking: one question at a time, the latest wins ------------------------------------------------------------------

  let asked = 0;
  const ask = async (what) => {
    const mine = ++asked;
    const data = new URLSearchParams(new FormData(form));
    data.set("what", what);
    const answer = await fetch(words.check, { method: "POST", body: data });
    if (mine !== asked || !answer.ok) return;
    show(await answer.json(), what === "test");
  };

  let timer = 0;
  form.addEventListener("input", (event) => {
    if (!event.target.closest(".file")) return;
    if (event.target.matches("textarea")) draw(event.target, []);
    clearTimeout(timer);
    timer = setTimeout(() => ask("check"), 350);
  });

  form.addEventListener("submit", (event) => {
    const what = event.submitter ? event.submitter.value : "check";
    if (what === "say" || what === "again") {
      const [line, chat] = [form.elements.line, form.elements.chat];
      if (what === "again") chat.value = "";
      else if (line.value.trim()) chat.value += (chat.value.trim() ? "\n" : "") + line.value.trim();
      line.value = "";
      line.focus();
    } else if (what !== "check" && what !== "test") return;
    event.preventDefault();
    ask(what);
  });

  form.elements.line.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    form.querySelector("button[value=say]").click();
  });

  ask("check");
})();
