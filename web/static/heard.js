// What makes the pages better where scripts run. Every page does its work without this file.
"use strict";

(() => {
  // Fields that others depend on: the form is looked at again on the server when one of them changes. Answers may come
  // in another order than they were asked for; what counts is what the form looks like now.
  const looks = new WeakMap();
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-look]");
    if (form && event.target.matches("[data-drives]")) look(form);
  });

  async function look(form) {
    const data = new FormData(form);
    for (const [name, value] of [...data.entries()]) if (value instanceof File) data.delete(name);
    data.set("do", "look");
    const mine = Symbol("look");
    looks.set(form, mine);
    const answer = await fetch(form.dataset.look, {
      method: "POST", body: data, headers: { "HX-Request": "true" }, credentials: "same-origin",
    }).catch(() => null);
    if (!answer || !answer.ok) return;
    const text = await answer.text().catch(() => null);
    if (text === null || looks.get(form) !== mine) return;
    const drawn = new DOMParser().parseFromString(text, "text/html");
    for (const fresh of drawn.querySelectorAll("[data-then]")) {
      const known = form.querySelector(`[data-then="${CSS.escape(fresh.dataset.then)}"]`);
      if (known) known.textContent = fresh.textContent;
    }
    for (const fresh of drawn.querySelectorAll("select[name]")) {
      const known = [...form.elements].find((one) => one.name === fresh.name);
      if (!known || choices(known) === choices(fresh)) continue;
      const chosen = known.value;
      known.innerHTML = fresh.innerHTML;
      known.value = chosen;
    }
    for (const fresh of drawn.querySelectorAll("[data-field]")) {
      const known = form.querySelector(`[data-field="${CSS.escape(fresh.dataset.field)}"]`);
      if (!known) continue;
      known.hidden = fresh.hidden;
      const [from, to] = [fresh.querySelector("output"), known.querySelector("output")];
      if (from && to) to.textContent = from.textContent;
      const [optional, shown] = [fresh.querySelector("label, legend"), known.querySelector("label, legend")];
      if (optional && shown && !shown.querySelector("input, select, textarea")) shown.innerHTML = optional.innerHTML;
    }
  }

  function choices(select) { return [...select.options].map((one) => `${one.value} ${one.text}`).join("\n"); }

  // Another row of a table, without asking the server for it.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add-row]");
    if (!button) return;
    const body = button.closest("form").querySelector(`[data-rows="${CSS.escape(button.dataset.addRow)}"] tbody`);
    const last = body && body.lastElementChild;
    if (!last) return;
    event.preventDefault();
    const next = last.cloneNode(true);
    const number = body.children.length;
    for (const part of next.querySelectorAll("[name], [id]")) {
      for (const word of ["name", "id", "aria-describedby"]) {
        const given = part.getAttribute(word);
        if (given) part.setAttribute(word, given.replace(/([.-])\d+([.-])/, `$1${number}$2`));
      }
      if (part.matches("input:not([type=checkbox]):not([type=radio]), textarea")) part.value = "";
      if (part.matches("select")) part.selectedIndex = 0;
    }
    for (const fault of next.querySelectorAll(".fault")) fault.remove();
    body.append(next);
    const first = next.querySelector("input, select, textarea");
    if (first) first.focus();
  });

  // A file that is too large is told at its field, and not sent in vain.
  document.addEventListener("change", (event) => {
    if (event.target.matches("input[type=file][data-most]")) weigh(event.target);
  });
  document.addEventListener("submit", (event) => {
    const told = event.target.querySelector("[data-too-large]");
    if (!told) return;
    event.preventDefault();
    told.nextElementSibling.focus();
  }, true);

  function weigh(changed) {
    const inputs = [...changed.form.querySelectorAll("input[type=file][data-most]")];
    const all = inputs.flatMap((input) => [...input.files]).reduce((sum, file) => sum + file.size, 0);
    for (const input of inputs) {
      const large = [...input.files].find((file) => file.size > Number(input.dataset.most));
      const heavy = input === changed && all > Number(input.dataset.together) ? input.dataset.heavy : "";
      tell(input, large ? input.dataset.larger.replace("{name}", () => large.name) : heavy);
    }
  }

  function tell(input, words) {
    const before = input.previousElementSibling;
    if (before && before.matches("[data-too-large]")) before.remove();
    input.toggleAttribute("aria-invalid", false);
    if (!words) return;
    const told = document.createElement("p");
    told.className = "fault";
    told.dataset.tooLarge = "";
    told.setAttribute("role", "alert");
    told.textContent = words;
    input.before(told);
    input.setAttribute("aria-invalid", "true");
  }

  // What is wrong comes into view, and is read out.
  const faults = document.getElementById("faults");
  if (faults) faults.focus();
})();
