// What pages do beyond HTML: news without reloading, keys, copying. Everything works without.
"use strict";

const written = (field) => {
  if (!field.matches("select")) return field.value !== field.defaultValue;
  return field.selectedIndex !== Math.max(0, [...field.options].findIndex((option) => option.defaultSelected));
};

const busy = () => {
  const at = document.activeElement;
  if (at && at.closest("#live") && at.matches("input, textarea, select")) return true;
  return [...document.querySelectorAll("#live input[type=text], #live textarea, #live select")].some(written);
};

// --- news: a stream says that something has changed; the page is asked for again and its middle replaced ---------------

const replace = (theirs) => {
  const ours = document.getElementById("live");
  if (ours.innerHTML === theirs.innerHTML) return;
  const opened = [...ours.querySelectorAll("details")].map((one) => one.open);
  const focused = [...ours.querySelectorAll("a, button, summary")].indexOf(document.activeElement);
  ours.replaceChildren(...theirs.childNodes);
  ours.querySelectorAll("details").forEach((one, at) => { if (opened[at]) one.open = true; });
  if (focused >= 0) ours.querySelectorAll("a, button, summary")[focused]?.focus({ preventScroll: true });
  ours.classList.remove("fresh");
  void ours.offsetWidth;
  ours.classList.add("fresh");
  dress(ours);
};

const live = () => {
  const address = document.body.dataset.live;
  if (!address || !window.EventSource) return;
  const news = document.getElementById("news");
  let stream = null;
  let stale = false;
  let asking = false;

  const ask = async () => {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    const page = answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
    const theirs = page && page.getElementById("live");
    if (!theirs) throw new Error(answer.statusText);
    if (busy()) stale = true;
    else replace(theirs);
  };

  // one question at a time: what changes while it is answered is asked for afterwards
  const refresh = async () => {
    if (asking) return;
    asking = true;
    try {
      while (stale && !document.hidden && !busy()) {
        stale = false;
        await ask();
      }
    } catch {
      stale = true;
      setTimeout(refresh, 5000);
    }
    asking = false;
    news.textContent = stale && busy() ? document.body.dataset.changed : "";
  };

  const listen = () => {
    stream = new EventSource(address);
    stream.onmessage = () => { stale = true; refresh(); };
    stream.onerror = () => { if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 30000); };
  };

  listen();
  document.addEventListener("visibilitychange", refresh);
  document.addEventListener("focusout", () => setTimeout(refresh, 200));
  window.addEventListener("pagehide", () => stream.close());
  window.addEventListener("pageshow", (event) => { if (event.persisted) listen(); });
};

// --- keys: j and k go through what is listed, / to the first field, g and a letter to a page ----------------------------

const keys = () => {
  let before = "";
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
    const cards = [...document.querySelectorAll("#live .card")];
    const here = cards.findIndex((card) => card.contains(document.activeElement));
    const step = { j: 1, k: -1 }[event.key];
    if (step && cards.length) {
      const card = cards[Math.max(0, Math.min(cards.length - 1, here + step))];
      (card.querySelector("a, button, input:not([type=hidden])") || card).focus();
      card.scrollIntoView({ block: "nearest" });
    } else if (event.key === "/") {
      const field = document.querySelector("#live input[type=text], #live textarea");
      if (!field) return;
      field.focus();
    } else if (before === "g" && /^[1-9]$/.test(event.key)) {
      document.querySelectorAll("header nav a")[Number(event.key) - 1]?.click();
    } else {
      before = event.key;
      return;
    }
    before = "";
    event.preventDefault();
  });
};

// --- what is dressed wherever it stands --------------------------------------------------------------------------------

const copying = (pre) => {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = pre.dataset.copy;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(pre.textContent.replace(/\n$/, ""));
    button.textContent = pre.dataset.copied;
  });
  pre.after(button);
};

const reading = (field) => {
  const input = document.createElement("input");
  input.type = "file";
  input.setAttribute("aria-label", document.querySelector(`label[for="${field.id}"]`).textContent);
  input.addEventListener("change", async () => { field.value = await input.files[0].text(); });
  field.before(input);
};

const dress = (root) => {
  root.querySelectorAll("pre[data-copy]").forEach(copying);
  root.querySelectorAll("textarea[data-file]").forEach(reading);
};

dress(document);
keys();
live();
