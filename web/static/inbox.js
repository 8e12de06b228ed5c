// The rows come anew when something has changed; what was chosen stays chosen.
"use strict";

(() => {
  let chosen = [];
  document.body.addEventListener("htmx:beforeSwap", () => {
    chosen = [...document.querySelectorAll('#rows input[name="task"]:checked')].map((box) => box.value);
  });
  document.body.addEventListener("htmx:afterSwap", () => {
    for (const box of document.querySelectorAll('#rows input[name="task"]')) box.checked = chosen.includes(box.value);
  });
})();
