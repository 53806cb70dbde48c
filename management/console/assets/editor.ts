// The editor of policy documents. A textarea with data-editor becomes one; the textarea
// keeps the text and is what the form sends, so that pages work without this script.
import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, defaultHighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, linter, type Diagnostic } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";

// A finding of the server about the document, with its place.
interface Finding { line: number; column: number; endLine: number; endColumn: number; severity: string; code: string; text: string }

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";

// position returns the offset of a line and a column, both from 1, within the document.
function position(state: EditorState, line: number, column: number): number {
  const at = state.doc.line(Math.min(Math.max(line, 1), state.doc.lines));
  return Math.min(at.from + Math.max(column - 1, 0), at.to);
}

// findings asks the server what it finds in the document.
async function findings(url: string, view: EditorView): Promise<Diagnostic[]> {
  const text = view.state.doc.toString();
  if (!text.trim()) return [];
  const answer = await fetch(url, { method: "POST", body: new URLSearchParams({ document: text }) });
  if (!answer.ok) return [];
  const list = (await answer.json()) as Finding[];
  return list.map((f) => {
    const from = position(view.state, f.line, f.column);
    const to = Math.max(position(view.state, f.endLine || f.line, f.endColumn || f.column + 1), from);
    const severity = f.severity === "error" || f.severity === "warning" ? f.severity : "info";
    return { from, to, severity, source: f.code, message: f.text };
  });
}

// edit puts an editor in the place of a textarea.
function edit(area: HTMLTextAreaElement) {
  if (area.hidden) return;
  const lint = area.dataset.lint;
  const view = new EditorView({
    state: EditorState.create({
      doc: area.value,
      extensions: [
        EditorView.cspNonce.of(nonce),
        lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(), highlightActiveLine(),
        highlightSelectionMatches(), syntaxHighlighting(defaultHighlightStyle, { fallback: true }), json(), lintGutter(),
        lint ? linter((view) => findings(lint, view), { delay: 300 }) : [],
        // Tab leaves the editor, as WCAG 2.1.2 demands; indentation is Mod-].
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...lintKeymap]),
        EditorView.contentAttributes.of({ "aria-label": area.labels?.[0]?.textContent?.trim() || "Policy document" }),
        EditorView.editable.of(!area.readOnly),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          area.value = update.state.doc.toString();
          area.dispatchEvent(new Event("input", { bubbles: true }));
        }),
      ],
    }),
  });
  area.hidden = true;
  area.after(view.dom);
  view.dom.classList.add("editor");
}

function editAll() {
  document.querySelectorAll<HTMLTextAreaElement>("textarea[data-editor]").forEach(edit);
}

editAll();
document.addEventListener("htmx:after:swap", editAll);
