import { type Effort, measureFramework } from "./measure.js";
import type { Measured } from "./measured.js";
import { printProfile } from "./profile/print.js";
import { explanation, frameworkText } from "./report.js";
import type { FrameworkName } from "./servers/all.js";
import { isMet, targetOf } from "./target.js";

export interface HttpOptions {
  readonly frameworks: readonly FrameworkName[];
  readonly quick: boolean;
  readonly json: boolean;
}

const thorough: Effort = { generationsMin: 3, generationsMax: 7, roundsPerGeneration: 5 };
const quick: Effort = { generationsMin: 1, generationsMax: 1, roundsPerGeneration: 5 };

/** Measures collections against what one would write by hand. Where one costs too much, it says where the time goes. */
export async function benchHttp(options: HttpOptions): Promise<void> {
  const all: Measured[] = [];
  if (!options.json) console.log(explanation);
  for (const framework of options.frameworks) {
    const results = await measureFramework(framework, options.quick ? quick : thorough);
    all.push(...results);
    if (options.json) continue;
    console.log(frameworkText(results));
    for (const { cell } of results.filter((result) => isMet(result) === false)) await printProfile(framework, cell);
  }
  if (options.json) console.log(JSON.stringify(all.map(withTarget), undefined, 2));
}

function withTarget(measured: Measured): object {
  return { ...measured, target: targetOf(measured.framework, measured.cell.ask) };
}
