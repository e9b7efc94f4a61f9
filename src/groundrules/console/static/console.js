// What pages do beyond HTML: news without reloading, keys, copying. Everything works without.
"use strict";

const busy = () => {
  const at = document.activeElement;
  if (at && at.closest("#live") && at.matches("input, textarea, select")) return true;
  return [...document.querySelectorAll("#live input[type=text], #live textarea")].some(
    (field) => field.value !== field.defaultValue,
  );
};

// --- news: a stream says that something has changed; the page is asked for again and its middle replaced ---------------

const live = () => {
  const address = document.body.dataset.live;
  const still = document.getElementById("playground") || document.querySelector("[data-still]");
  if (!address || still || !window.EventSource) return;
  const news = document.getElementById("news");
  let waiting = false;

  const refresh = async () => {
    if (document.hidden || busy()) {
      waiting = true;
      if (!document.hidden) news.textContent = document.body.dataset.changed;
      return;
    }
    waiting = false;
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok || busy()) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [ours, theirs] = [document.getElementById("live"), page.getElementById("live")];
    if (!theirs || ours.innerHTML === theirs.innerHTML) return;
    const opened = [...ours.querySelectorAll("details")].map((one) => one.open);
    const focused = [...ours.querySelectorAll("a, button, summary")].indexOf(document.activeElement);
    ours.replaceChildren(...theirs.childNodes);
    ours.querySelectorAll("details").forEach((one, at) => { if (opened[at]) one.open = true; });
    if (focused >= 0) ours.querySelectorAll("a, button, summary")[focused]?.focus({ preventScroll: true });
    ours.classList.remove("fresh");
    void ours.offsetWidth;
    ours.classList.add("fresh");
    news.textContent = "";
    dress(ours);
  };

  // a page that came from a form is not asked for again: that would show something else
  const entry = performance.getEntriesByType("navigation")[0];
  const isAnswer = document.querySelector("form[method=post] [name=what]") && location.pathname.endsWith("/settings");
  if (isAnswer || (entry && entry.type === "back_forward" && !location.pathname)) return;
  const stream = new EventSource(address);
  stream.onmessage = refresh;
  document.addEventListener("visibilitychange", () => { if (waiting && !document.hidden) refresh(); });
  document.addEventListener("focusout", () => { if (waiting) setTimeout(refresh, 200); });
  window.addEventListener("pagehide", () => stream.close());
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
