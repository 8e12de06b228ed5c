// Working without the mouse: ? shows the keys, j and k move, o opens, c takes, / searches (Esc leaves the
// search), g i goes to the inbox.
// Nothing happens while somebody types, with Ctrl, Alt or Meta held, or when the person has turned it off.
"use strict";

(() => {
  if (document.body.dataset.keys === "off") return;
  let at = -1;
  let before = "";
  const rows = () => [...document.querySelectorAll("[data-row]")];

  const move = (step) => {
    const every = rows();
    if (!every.length) return;
    at = Math.min(Math.max(at + step, 0), every.length - 1);
    for (const row of every) row.classList.remove("here");
    every[at].classList.add("here");
    const link = every[at].querySelector("a[href]");
    if (link) link.focus({ preventScroll: true });
    every[at].scrollIntoView({ block: "nearest" });
  };

  const keys = {
    j: () => move(1),
    k: () => move(-1),
    o: () => rows()[at]?.querySelector("a[href]")?.click(),
    c: () => {
      const box = rows()[at]?.querySelector('input[name="task"]');
      const take = document.querySelector('#several button[value="claim"]') || document.querySelector("[data-key-claim]");
      if (box) box.checked = true;
      if (take && (box || take.matches("[data-key-claim]"))) take.click();
    },
    "/": () => document.querySelector('input[type="search"]')?.focus(),
    "?": () => document.getElementById("keys")?.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape" && event.target.matches('input[type="search"]')) event.target.blur();
    if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog")) return;
    const pressed = event.key;
    if (before === "g" && pressed === "i") {
      before = "";
      event.preventDefault();
      location.assign(document.querySelector("a.brand").href);
      return;
    }
    before = pressed;
    const act = keys[pressed];
    if (!act) return;
    event.preventDefault();
    act();
  });
})();
