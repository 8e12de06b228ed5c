// The editor of a process where scripts run: completion and help, problems at their lines, saved as it is typed.
// Without this file the page is a plain form that does the same with its buttons.
"use strict";

(() => {
  const form = document.getElementById("editor");
  const area = document.getElementById("text");
  const told = document.getElementById("saved");
  const result = document.getElementById("result");
  const { EditorView, HighlightStyle, basicSetup, hoverTooltip, indentUnit, lintGutter, setDiagnostics,
    syntaxHighlighting, tags, yaml } = window.codemirror;
  const nonce = document.currentScript.nonce;

  // --- where the cursor stands: the keys above it, "-" for an entry of a list

  function parts(text) {
    // The entries that a line opens, from left to right: [column, key or "-"].
    const found = [];
    let at = text.search(/\S/);
    while (at >= 0 && /^-(\s|$)/.test(text.slice(at))) {
      found.push([at, "-"]);
      const next = text.slice(at + 1).search(/\S/);
      at = next < 0 ? -1 : at + 1 + next;
    }
    const key = at < 0 ? null : /^["']?([^"'#{}[\],:]+)["']?\s*:(\s|$)/.exec(text.slice(at));
    if (key) found.push([at, key[1].trim()]);
    return found;
  }

  function above(doc, number, column) {
    const path = [];
    let [limit, item] = [column, false];
    for (let n = number - 1; n > 0 && limit > 0; n -= 1) {
      const text = doc.line(n).text;
      if (!text.trim() || text.trim().startsWith("#")) continue;
      for (const [at, name] of parts(text).reverse()) {
        if (at < limit || (item && name !== "-" && at === limit)) {
          path.unshift(name);
          [limit, item] = [at, name === "-"];
        }
      }
    }
    return path;
  }

  function place(doc, position) {
    // The keys that lead here, and the key whose value is being written (empty: a key itself is).
    const line = doc.lineAt(position);
    const before = line.text.slice(0, position - line.from);
    const own = parts(before);
    const begin = own.length ? own[0][0] : (before.search(/\S/) < 0 ? before.length : before.search(/\S/));
    const path = [...above(doc, line.number, begin), ...own.map((one) => one[1])];
    const last = own.length ? own[own.length - 1] : null;
    let key = last && last[1] !== "-" ? path.pop() : "";
    const rest = key ? before.slice(before.indexOf(":", last[0]) + 1) : before.slice(begin);
    const stack = [];
    let word = "";
    for (const sign of rest) {
      if (sign === "{" || sign === "[") {
        if (key) path.push(key);
        if (sign === "[") path.push("-");
        stack.push([sign, key]);
        [key, word] = ["", ""];
      } else if ((sign === "}" || sign === "]") && stack.length) {
        const [opened, outer] = stack.pop();
        if (opened === "[") path.pop();
        if (outer) path.pop();
        [key, word] = [outer, ""];
      } else if (sign === "," && stack.length) {
        [key, word] = ["", ""];
      } else if (sign === ":") {
        [key, word] = [word.trim(), ""];
      } else word += sign;
    }
    return { path, key };
  }

  // --- what may stand there, by the language's own schema

  let words = null;
  const wanted = () => words || (words = fetch(form.dataset.words, { credentials: "same-origin" })
    .then((answer) => (answer.ok ? answer.json() : null)).catch(() => null));

  function spread(root, schema, depth = 0) {
    // A schema and all of its alternatives.
    if (!schema || typeof schema !== "object" || depth > 8) return [];
    if (schema.$ref) return spread(root, schema.$ref.slice(2).split("/").reduce((at, key) => at && at[key], root), depth + 1);
    const more = [...(schema.anyOf || []), ...(schema.oneOf || []), ...(schema.allOf || [])];
    return [schema, ...more.flatMap((one) => spread(root, one, depth + 1))];
  }

  function under(root, path) {
    let here = spread(root, root);
    for (const key of path) {
      here = here.flatMap((one) => {
        const next = key === "-" ? one.items : (one.properties || {})[key] || one.additionalProperties;
        return spread(root, next);
      });
    }
    return here;
  }

  const NAMES = { form: "forms", calendar: "calendars", owner: "roles", supervisors: "roles", candidates: "roles",
    by: "roles", of: "roles", send: "messages", message: "messages", notify: "roles" };

  function states(doc) {
    const found = [];
    let inside = false;
    for (const text of doc.toString().split("\n")) {
      if (/^\S/.test(text)) inside = /^states\s*:/.test(text);
      const key = inside && /^ {2}([A-Za-z0-9][\w-]*)\s*:/.exec(text);
      if (key) found.push(key[1]);
    }
    return found;
  }

  async function complete(context) {
    const typed = context.matchBefore(/[\w-]*/);
    if (!typed || (typed.from === typed.to && !context.explicit)) return null;
    const known = await wanted();
    const schema = known && known[form.dataset.kind];
    if (!schema) return null;
    const { path, key } = place(context.state.doc, typed.from);
    const options = new Map();
    if (key) {
      const names = key === "go" ? states(context.state.doc) : known.names[NAMES[key]] || [];
      for (const name of names) options.set(name, { label: name, type: "constant" });
      for (const one of under(schema, [...path, key])) {
        for (const value of one.enum || []) options.set(`${value}`, { label: `${value}`, type: "enum" });
        if (one.type === "boolean") for (const value of ["true", "false"]) options.set(value, { label: value, type: "enum" });
      }
    } else {
      for (const one of under(schema, path)) {
        for (const [name, about] of Object.entries(one.properties || {})) {
          options.set(name, { label: name, apply: `${name}: `, info: about.description || undefined, type: "property" });
        }
      }
      const names = path[path.length - 1] === "-" ? known.names[NAMES[path[path.length - 2]]] || [] : [];
      for (const name of names) options.set(name, { label: name, type: "constant" });
    }
    return options.size ? { from: typed.from, options: [...options.values()], validFor: /^[\w-]*$/ } : null;
  }

  const help = hoverTooltip(async (view, position) => {
    const line = view.state.doc.lineAt(position);
    const word = [...line.text.matchAll(/[\w$-]+(?=["']?\s*:)/g)]
      .find((one) => line.from + one.index <= position && position <= line.from + one.index + one[0].length);
    const known = word && (await wanted());
    const schema = known && known[form.dataset.kind];
    if (!schema) return null;
    const from = line.from + word.index;
    const { path } = place(view.state.doc, from);
    const about = under(schema, path).map((one) => (one.properties || {})[word[0]]).find((one) => one && one.description);
    if (!about) return null;
    return { pos: from, end: from + word[0].length, above: true, create: () => {
      const dom = document.createElement("div");
      dom.className = "cm-help";
      dom.textContent = `${word[0]}: ${about.description}`;
      return { dom };
    } };
  });

  // --- the look: that of the page, light and dark

  const look = EditorView.theme({
    "&": { color: "var(--pico-color)" },
    "&.cm-focused": { outline: "3px solid var(--pico-primary)" },
    ".cm-scroller": { fontFamily: "inherit", overflow: "auto" },
    ".cm-content": { caretColor: "var(--pico-color)" },
    ".cm-cursor": { borderLeftColor: "var(--pico-color)" },
    ".cm-gutters": { background: "var(--quiet)", color: "var(--pico-muted-color)", borderRight: "1px solid var(--line)" },
    ".cm-activeLine, .cm-activeLineGutter": { background: "transparent" },
    ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground":
      { background: "var(--note-ground)" },
    ".cm-selectionMatch": { background: "var(--soon-ground)" },
    ".cm-tooltip, .cm-panels": { background: "var(--pico-card-background-color)", color: "var(--pico-color)",
      border: "1px solid var(--line)" },
    ".cm-tooltip-autocomplete > ul > li[aria-selected]": { background: "var(--pico-primary-background)",
      color: "var(--pico-primary-inverse)" },
    ".cm-help": { padding: "0.4rem 0.6rem", maxWidth: "28rem" },
    ".cm-diagnostic": { padding: "0.4rem 0.6rem", maxWidth: "36rem", whiteSpace: "pre-line" },
  });
  const colours = HighlightStyle.define([
    { tag: [tags.definition(tags.propertyName), tags.propertyName], color: "var(--pico-primary)" },
    { tag: [tags.string, tags.content], color: "var(--pico-color)" },
    { tag: tags.comment, color: "var(--pico-muted-color)", fontStyle: "italic" },
    { tag: [tags.punctuation, tags.separator, tags.bracket], color: "var(--pico-muted-color)" },
    { tag: [tags.labelName, tags.typeName, tags.meta], color: "var(--soon)" },
  ]);

  const view = new EditorView({
    doc: area.value,
    extensions: [
      basicSetup, form.dataset.kind === "message" ? [] : yaml(), indentUnit.of("  "), lintGutter(), help, look,
      syntaxHighlighting(colours), nonce ? EditorView.cspNonce.of(nonce) : [],
      EditorView.contentAttributes.of({ "aria-label": form.elements.file.value, tabindex: "0" }),
      window.codemirror.EditorState.languageData.of(() => [{ autocomplete: complete }]),
      EditorView.updateListener.of((update) => { if (update.docChanged) changed(); }),
    ],
  });
  area.hidden = true;
  area.after(view.dom);

  function jump(line, column) {
    const at = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
    const position = Math.min(at.from + Math.max(column - 1, 0), at.to);
    view.dispatch({ selection: { anchor: position }, effects: EditorView.scrollIntoView(position, { y: "center" }) });
    view.focus();
  }
  if (form.dataset.line) jump(Number(form.dataset.line), Number(form.dataset.column) || 1);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-line]");
    if (!link || link.dataset.file !== form.elements.file.value) return;
    event.preventDefault();
    jump(Number(link.dataset.line), Number(link.dataset.column));
  });

  // --- saved as it is typed, one save after the other

  let [dirty, saving, waiting, stopped] = [false, null, 0, false];

  function changed() {
    area.value = view.state.doc.toString();
    dirty = true;
    if (stopped) return;
    told.textContent = form.dataset.unsaved;
    later(700);
  }

  function later(pause) {
    clearTimeout(waiting);
    waiting = setTimeout(save, pause);
  }

  function save() {
    if (saving || !dirty || stopped) return saving;
    dirty = false;
    saving = send().finally(() => {
      saving = null;
      if (dirty && !stopped) later(700);
    });
    return saving;
  }

  async function send() {
    const data = new FormData();
    for (const name of ["csrf_token", "file", "base", "seen"]) data.set(name, form.elements[name].value);
    data.set("text", area.value);
    const answer = await fetch(form.dataset.draft, { method: "POST", body: data, credentials: "same-origin" })
      .then(async (one) => [one.ok, await one.json()]).catch(() => null);
    if (!answer) {
      dirty = true;
      told.textContent = form.dataset.lost;
      setTimeout(() => later(0), 5000);
      return;
    }
    const [good, found] = answer;
    if (!good) {
      [dirty, stopped] = [true, true];
      told.textContent = found.fault;
      return;
    }
    form.elements.seen.value = found.seen;
    form.elements.base.value = found.base;
    told.textContent = found.saved;
    mark(found.problems);
    if (result.dataset.shown === "picture") return redraw(found.problems.some((one) => one.severity === "error"));
    if (["", "check"].includes(result.dataset.shown)) {
      result.dataset.shown = "check";
      result.querySelector("[data-live]").innerHTML = found.result;
      result.querySelector("[data-live-title]").hidden = false;
    }
  }

  function mark(problems) {
    const { doc } = view.state;
    const every = problems.flatMap((one) => [one, ...one.also.map((place) => ({ ...one, ...place }))]);
    const here = every.filter((one) => one.file === form.elements.file.value && one.line <= doc.lines);
    view.dispatch(setDiagnostics(view.state, here.map((one) => {
      const line = doc.line(one.line);
      const from = Math.min(line.from + one.column - 1, line.to);
      const word = /^[\w.-]+/.exec(doc.sliceString(from, line.to));
      return { from, to: word ? from + word[0].length : line.to, severity: one.severity,
        message: `${one.message}\n${one.advice}` };
    })));
  }

  async function redraw(broken) {
    if (broken) return;
    const answer = await fetch(form.dataset.picture, { credentials: "same-origin" }).catch(() => null);
    if (answer && answer.ok) result.querySelector("[data-live]").innerHTML = await answer.text();
  }

  // A button waits for the save that is under way, so that it does not collide with it.
  form.addEventListener("submit", (event) => {
    clearTimeout(waiting);
    if (saving) {
      event.preventDefault();
      const button = event.submitter;
      saving.then(() => form.requestSubmit(button));
      return;
    }
    dirty = false;
  });
  window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
})();
