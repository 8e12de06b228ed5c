// A state of the picture leads to what is said of it.
"use strict";

for (const state of document.querySelectorAll(".picture .state[data-state]")) {
  state.addEventListener("click", () => {
    const told = document.getElementById(state.dataset.state);
    if (told) location.hash = state.dataset.state;
  });
}

// The picture may be wider than the screen: it begins where the process does.
for (const box of document.querySelectorAll(".picture")) {
  const begin = box.querySelector(".begin") || box.querySelector(".state");
  if (!begin) continue;
  const at = begin.getBoundingClientRect();
  box.scrollLeft += at.left + at.width / 2 - box.getBoundingClientRect().left - box.clientWidth / 2;
}
