// Drives one headless Chromium for the tests beside it: a command a line of JSON in, an answer a line of JSON out.
"use strict";
const { readFileSync } = require("node:fs");
const readline = require("node:readline");
const { chromium } = require("playwright-core");

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

let browser, context, page;

const commands = {
  // A window of its own, with scripts of pages on or off.
  async fresh({ scripts }) {
    if (context) await context.close();
    context = await browser.newContext({ javaScriptEnabled: scripts });
    page = await context.newPage();
    return {};
  },
  async open({ url }) {
    await page.goto(url);
    return shown();
  },
  async fill({ label, text }) {
    await page.getByLabel(label, { exact: true }).fill(text);
    return {};
  },
  async choose({ label }) {
    await page.getByLabel(label).check();
    return {};
  },
  async press({ name }) {
    await Promise.all([page.waitForLoadState("load"), page.getByRole("button", { name, exact: true }).click()]);
    await page.waitForLoadState("load");
    return shown();
  },
  async follow({ name }) {
    await page.getByRole("link", { name, exact: true }).click();
    await page.waitForLoadState("load");
    return shown();
  },
  // What axe-core finds: the ids of the rules that are violated, and where.
  async axe() {
    await page.evaluate(AXE);
    const found = await page.evaluate(() => axe.run());
    return { violations: found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`) };
  },
  async end() {
    await browser.close();
    process.exit(0);
  },
};

async function shown() {
  return {
    url: page.url(),
    title: await page.title(),
    text: await page.locator("body").innerText(),
    scripts: await page.locator("script, [onclick], [onload]").count(),
  };
}

(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, headless: true, args: FLAGS });
  process.stdout.write(JSON.stringify({ ready: browser.version() }) + "\n");
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { command, ...rest } = JSON.parse(line);
    let answer;
    try {
      answer = await commands[command](rest);
    } catch (error) {
      answer = { error: String(error.message || error) };
    }
    process.stdout.write(JSON.stringify(answer) + "\n");
  }
  await browser.close();
})();
