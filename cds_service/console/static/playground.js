// What the playground does better with a script: feedback without leaving the page, links that bring a state back.
"use strict";

const LONGEST = 1000000; // characters of a request in a link; the server reads no more either
const form = document.getElementById("ask");

function line(tag, text, className) {
  const element = document.createElement(tag);
  element.textContent = text;
  if (className) { element.className = className; }
  return element;
}

// What the chosen story tells.
const story = document.getElementById("story");
if (story) {
  const tell = () => {
    document.getElementById("story-about").textContent = document.getElementById(`about-${story.value}`).textContent;
  };
  story.addEventListener("change", tell);
  tell();
}

// Accept and override: the call is sent in the background, its answer stands below the card.
for (const feedback of document.querySelectorAll("form[data-feedback]")) {
  feedback.addEventListener("submit", async (event) => {
    event.preventDefault();
    const told = feedback.closest(".card").querySelector(".told");
    let answer;
    try {
      const sent = await fetch(feedback.action, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new URLSearchParams(new FormData(feedback)),
      });
      answer = await sent.json();
    } catch {
      answer = { ok: false, said: "The feedback could not be sent: is the service still running?", asked: "", url: "", status: 0 };
    }
    const note = line("div", "", answer.ok ? "note good" : "note critical");
    note.append(line("p", answer.status ? `${answer.said} Status ${answer.status}.` : answer.said));
    if (answer.asked) {
      const details = document.createElement("details");
      details.append(line("summary", "The feedback call"), line("p", `POST ${answer.url}`));
      const text = line("pre", answer.asked);
      text.tabIndex = 0;
      details.append(text);
      note.append(details);
    }
    told.replaceChildren(note);
  });
}

// A pasted request in the fragment of a link.
async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  const decoder = new TextDecoder();
  let read = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) { return read + decoder.decode(); }
    read += decoder.decode(value, { stream: true });
    if (read.length > LONGEST) { await reader.cancel(); throw new RangeError("too long"); }
  }
}

const packed = /^#request=([\w-]+)$/.exec(location.hash);
const field = document.getElementById("request");
if (packed && field && !field.value.trim()) {
  unpacked(packed[1]).then(
    (text) => { field.value = text; },
    () => { field.setCustomValidity("The link is damaged, or its request is too long."); field.reportValidity(); },
  );
  field.addEventListener("input", () => field.setCustomValidity(""));
}

// A link to a story or a described patient fires again; once, so that going back does not.
if (form && form.hasAttribute("data-run")) {
  const here = new URL(location.href);
  here.searchParams.delete("run");
  history.replaceState(null, "", here);
  form.requestSubmit();
}
