// What is typed is saved while it is typed. Without a connection it stays in this page, and in this tab, until there is
// one again. Every page does its work without this file.
"use strict";

(() => {
  const PAUSE = 1200, AGAIN = 10000, PATIENCE = 30000;

  for (const form of document.querySelectorAll("form[data-kept]")) keep(form);
  for (const done of document.querySelectorAll("[data-forget]")) drop(done.dataset.forget);
  for (const message of document.querySelectorAll("[data-seconds]")) count(message);

  function keep(form) {
    const name = form.dataset.kept, status = document.getElementById("saved");
    let waiting = 0, version = 0, saving = false;
    restore();
    form.addEventListener("input", typed);
    form.addEventListener("change", typed);
    addEventListener("online", () => { if (load(name)) save(); });

    function typed(event) {
      if (event.target.type === "file") return;
      version += 1;
      store(name, { at: new Date().toISOString(), values: values(form) });
      if (!form.dataset.draft) return;
      clearTimeout(waiting);
      waiting = setTimeout(save, PAUSE);
    }

    // One after the other: of two under way, the older could arrive last.
    async function save() {
      clearTimeout(waiting);
      if (saving) {
        waiting = setTimeout(save, PAUSE);
        return;
      }
      saving = true;
      await send().finally(() => { saving = false; });
    }

    async function send() {
      const sent = version, data = new FormData(form);
      for (const [field, value] of [...data.entries()]) if (value instanceof File) data.delete(field);
      const answer = await fetch(form.dataset.draft, {
        method: "POST", body: data, credentials: "same-origin", redirect: "error", signal: AbortSignal.timeout?.(PATIENCE),
      }).catch(() => null);
      if (!answer) {
        say(form.dataset.lost, true);
        waiting = setTimeout(save, AGAIN);
        return;
      }
      const told = await answer.json().catch(() => null);
      if (told === null) return;
      say([told.said, told.news].filter(Boolean).join(" · "), !answer.ok || Boolean(told.news));
      if (!answer.ok) return;
      if (sent === version) drop(name);
      for (const [outcome, then] of Object.entries(told.then || {})) {
        const line = form.querySelector(`[data-then="${CSS.escape(outcome)}"]`);
        if (line && line.textContent !== then) line.textContent = then;
      }
    }

    function restore() {
      const kept = load(name);
      if (!kept || (form.dataset.saved && form.dataset.saved > kept.at)) return;
      const here = values(form);
      if (JSON.stringify(here) === JSON.stringify(kept.values)) return drop(name);
      fill(form, kept.values);
      say(form.dataset.back, false);
      if (form.dataset.draft) save();
    }

    function say(text, alarming) {
      if (!status) return;
      status.textContent = text;
      status.classList.toggle("alarm", alarming);
    }
  }

  // What stands in the controls that a person types into, by name; the page's own hidden fields are left alone.
  function values(form) {
    const found = {};
    for (const control of form.elements) {
      if (!control.name || ["hidden", "file", "submit", "button"].includes(control.type)) continue;
      if (control.type === "checkbox" || control.type === "radio") {
        (found[control.name] = found[control.name] || []).push(...(control.checked ? [control.value] : []));
      } else found[control.name] = control.value;
    }
    return found;
  }

  function fill(form, kept) {
    for (const control of form.elements) {
      if (!(control.name in kept) || ["hidden", "file", "submit", "button"].includes(control.type)) continue;
      const value = kept[control.name];
      if (control.type === "checkbox" || control.type === "radio") control.checked = value.includes(control.value);
      else control.value = value;
    }
  }

  // So long a message can be taken back.
  function count(message) {
    const left = message.querySelector("[data-left]"), end = Date.now() + 1000 * Number(message.dataset.seconds);
    const tick = () => {
      const seconds = Math.ceil((end - Date.now()) / 1000);
      if (seconds <= 0) return message.remove();
      left.textContent = `(${seconds} s)`;
      setTimeout(tick, 500);
    };
    tick();
  }

  function store(name, what) { try { sessionStorage.setItem(name, JSON.stringify(what)); } catch { /* full, or not allowed */ } }
  function load(name) { try { return JSON.parse(sessionStorage.getItem(name)); } catch { return null; } }
  function drop(name) { try { sessionStorage.removeItem(name); } catch { /* not allowed */ } }
})();
