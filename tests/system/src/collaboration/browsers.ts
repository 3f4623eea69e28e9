import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome"];

/** A Chromium of this machine; `undefined` where there is none. */
export const chromiumProgram: string | undefined = (process.env["PATH"] ?? "")
  .split(":")
  .flatMap((folder) => names.map((name) => join(folder, name)))
  .find(existsSync);

/** A page in a browser of its own, with that browser's connections and cache. */
export interface OwnBrowser {
  readonly page: Page;
  readonly close: () => Promise<void>;
}

/** Opens a URL in a new browser without a window. Its scripts may then fetch from there. */
export async function openBrowser(url: string): Promise<OwnBrowser> {
  if (chromiumProgram === undefined) throw new Error(`None of ${names.join(", ")} is in PATH.`);
  const browser: Browser = await chromium.launch({ executablePath: chromiumProgram });
  const close = (): Promise<void> => browser.close();
  try {
    const page = await browser.newPage();
    await page.goto(url);
    return { page, close };
  } catch (error) {
    await close();
    throw error;
  }
}
