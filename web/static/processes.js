// A state of the picture leads to what is said of it, by the mouse and by the keyboard.
"use strict";

for (const state of document.querySelectorAll(".picture .state[data-state]")) {
  if (!document.getElementById(state.dataset.state)) continue;
  const go = () => { location.hash = state.dataset.state; };
  state.closest("svg").setAttribute("role", "group"); // no longer one image: there are links in it
  state.setAttribute("role", "link");
  state.setAttribute("tabindex", "0");
  state.setAttribute("aria-label", state.querySelector("title").textContent.split(";")[0]);
  state.addEventListener("click", go);
  state.addEventListener("keydown", (event) => { if (event.key === "Enter") go(); });
}

// The picture may be wider than the screen: it begins where the process does.
for (const box of document.querySelectorAll(".picture")) {
  const begin = box.querySelector(".begin") || box.querySelector(".state");
  if (!begin) continue;
  const at = begin.getBoundingClientRect();
  box.scrollLeft += at.left + at.width / 2 - box.getBoundingClientRect().left - box.clientWidth / 2;
}
