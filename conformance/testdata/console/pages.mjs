// Opens the pages of a console in Chromium: each in light and in dark, narrow and wide, and
// checks what a person or a screen reader would stumble over. Then it does by keyboard
// alone what the pages are for.
//
//   node pages.mjs URL PATH...   URL is the console's; the paths are below it
import { chromium } from "playwright-core";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { execFileSync } from "node:child_process";

const [url, ...paths] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const found = [];
const patience = 180_000; // milliseconds; a page that hangs fails, a slow machine does not

const browser = await chromium.launch({
  executablePath: execFileSync("which", ["chromium"], { encoding: "utf8" }).trim(),
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
});

// watch notes what a page must not do.
function watch(page, what) {
  page.on("console", (m) => {
    const isStatus = m.text().startsWith("Failed to load resource"); // of a page that says 404
    if ((m.type() === "error" || m.type() === "warning") && !isStatus) found.push(`${what}: console: ${m.text()}`);
  });
  page.on("pageerror", (e) => found.push(`${what}: ${e}`));
  page.on("request", (r) => {
    if (new URL(r.url()).origin !== new URL(url).origin && !r.url().startsWith("data:")) found.push(`${what}: asks ${r.url()}`);
  });
}

for (const colorScheme of ["light", "dark"]) {
  for (const width of [360, 1600]) {
    // axe is put into the page, which the policy of the pages forbids otherwise.
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
    context.setDefaultTimeout(patience);
    for (const path of paths) {
      const what = `${path || "home"}, ${colorScheme}, ${width} pixels`;
      const page = await context.newPage();
      watch(page, what);
      await page.goto(url + path, { waitUntil: "load" });
      if ((await page.locator("h1").count()) !== 1) found.push(`${what}: no heading`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) found.push(`${what}: ${wide} pixels do not fit`);
      for (const all of await page.locator("details").all()) await all.evaluate((d) => (d.open = true));
      await page.evaluate(axe);
      const result = await page.evaluate((values) => axe.run({ runOnly: { type: "tag", values } }), rules);
      for (const v of result.violations) found.push(`${what}: ${v.id}: ${v.help}: ${v.nodes.map((n) => n.html).join(" | ")}`);
      await page.close();
    }
    await context.close();
  }
}

// focus presses Tab until the element with the selector has the focus.
async function focus(page, selector) {
  for (let i = 0; i < 200; i++) {
    if (await page.evaluate((s) => document.activeElement?.matches(s), selector)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`the keyboard does not reach ${selector}`);
}

// By keyboard alone, under the pages' own policy: act as a user, be denied, read why.
const context = await browser.newContext();
context.setDefaultTimeout(patience);
const page = await context.newPage();
watch(page, "by keyboard");
const live = await context.newPage();
watch(live, "live");
await live.goto(url + "decisions?own=1");
await live.waitForLoadState("load");

await page.goto(url);
await focus(page, ".me a");
await page.keyboard.press("Enter");
await page.waitForURL("**/act?*");
await focus(page, "input[name=principal]");
await page.keyboard.type("user/ana");
await page.keyboard.press("Enter");
await page.getByText("You act as user/ana").waitFor();
await focus(page, ".menu a[href$=principals]");
await page.keyboard.press("Enter");
await page.getByText("AccessDenied").waitFor();
await focus(page, ".trouble a");
await page.keyboard.press("Enter");
await page.getByText("What can be done").first().waitFor();

// The same denial has appeared by itself on the page that shows decisions.
await live.locator("#rows .denied").first().waitFor();
await browser.close();

for (const line of found) console.error(line);
process.exit(found.length ? 1 : 0);
