// What pages do better with a script: copy, print, narrow a list. Nothing here is needed to use a page.
"use strict";

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText("value" in source ? source.value : source.textContent);
    const said = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = said; }, 1500);
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// <input data-narrows="id"> hides the children of #id (or rows of it) that do not hold its words.
for (const field of document.querySelectorAll("[data-narrows]")) {
  const entries = document.getElementById(field.dataset.narrows).children;
  field.closest(".narrow").hidden = false;
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/);
    for (const entry of entries) {
      const text = entry.textContent.toLowerCase();
      const kept = entry.querySelector("input:checked") !== null || words.every((word) => text.includes(word));
      entry.hidden = !kept;
    }
  });
}
