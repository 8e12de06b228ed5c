// What the editor page needs of CodeMirror, as one file: `codemirror` on the page's global object.
// Built by tools/editor/build.sh into web/static/vendor/codemirror-6.js, which is committed: users build nothing.
export { basicSetup } from "codemirror";
export { EditorState } from "@codemirror/state";
export { EditorView, hoverTooltip } from "@codemirror/view";
export { yaml } from "@codemirror/lang-yaml";
export { lintGutter, setDiagnostics } from "@codemirror/lint";
export { HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
export { tags } from "@lezer/highlight";
