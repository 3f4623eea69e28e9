import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { vectors, vectorsFolder } from "../vectors.test-support.js";
import { canonicalJson } from "./canonical.js";
import { checkJson } from "./check.js";
import { defaultJsonLimits } from "./limits.js";
import { applyMergePatch } from "./merge-patch.js";
import { applyJsonPatch, defaultPatchLimits } from "./patch.js";
import { evaluatePointer, parsePointer } from "./pointer.js";
import { isJsonArray, isJsonObject, type Json, type JsonObject } from "./value.js";

const none = vectorsFolder === undefined;

function read(path: string): Json {
  const checked = checkJson(vectors(path), defaultJsonLimits);
  if (checked.kind === "unsound") throw new Error(checked.detail);
  return checked.value;
}

/** The rows of a file: it is an array of them, or has it under `cases`. */
function rows(path: string): JsonObject[] {
  const file = read(path);
  const list = isJsonObject(file) ? file["cases"] : file;
  const found = isJsonArray(list) ? list.filter(isJsonObject) : [];
  expect(found.length, path).toBeGreaterThan(0);
  return found;
}

function member(row: JsonObject, name: string): Json {
  const value = row[name];
  if (value === undefined) throw new Error(`no ${name} in ${JSON.stringify(row)}`);
  return value;
}

function text(folder: string, name: string): string {
  return readFileSync(join(vectorsFolder ?? "", folder, name), "utf8");
}

function double(hexadecimal: string): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(`0x${hexadecimal}`));
  return view.getFloat64(0);
}

describe.skipIf(none)("public vectors", () => {
  test.each(["tests.json", "spec_tests.json"])(
    "json-patch-tests %s give what they say, or fail where they say so",
    (file) => {
      for (const row of rows(`json-patch/${file}`)) {
        if (row["disabled"] === true) continue;
        const before = JSON.stringify(row);
        const result = applyJsonPatch(member(row, "doc"), member(row, "patch"), defaultPatchLimits);
        if (row["error"] !== undefined) expect(result.kind, before).not.toBe("patched");
        else if (Object.hasOwn(row, "expected"))
          expect(result, before).toEqual({ kind: "patched", value: row["expected"] });
        else expect(result.kind, before).toBe("patched");
        expect(JSON.stringify(row)).toBe(before);
      }
    },
  );

  test("RFC 6901 pointers lead where its §5 says, and nowhere where they are in error", () => {
    const file = read("json-pointer/pointer.json");
    for (const row of rows("json-pointer/pointer.json")) {
      const document = row["document"] ?? (isJsonObject(file) ? member(file, "document") : null);
      const parsed = parsePointer(String(row["pointer"]));
      const value = parsed.kind === "pointer" ? evaluatePointer(document, parsed.tokens) : undefined;
      expect(value, JSON.stringify(row)).toEqual(row["value"]);
      expect(value === undefined, JSON.stringify(row)).toBe(row["error"] === true);
    }
  });

  test("RFC 7396 appendix A merge patches give what it lists", () => {
    for (const row of rows("merge-patch/rfc7396-appendix-a.json")) {
      const merged = applyMergePatch(member(row, "original"), member(row, "patch"));
      expect(merged, JSON.stringify(row)).toEqual(row["result"]);
    }
  });

  test.each(["arrays", "french", "structures", "unicode", "values", "weird"])("JCS writes %s byte for byte", (name) => {
    const output = text("jcs/output", `${name}.json`);
    expect(canonicalJson(read(`jcs/input/${name}.json`))).toBe(output);
    const hexadecimal = text("jcs/outhex", `${name}.txt`).replaceAll(/\s/g, "");
    expect(Buffer.from(output).toString("hex")).toBe(hexadecimal);
  });

  test("JCS writes the first 1,000 ES6 numbers as listed", () => {
    const lines = text("jcs", "es6-numbers-1000.txt").trim().split("\n");
    expect(lines).toHaveLength(1_000);
    for (const line of lines) {
      const [hexadecimal = "", expected] = line.split(",");
      expect(canonicalJson(double(hexadecimal)), line).toBe(expected);
    }
  });

  test("JCS writes the numbers of RFC 8785 appendix B, and refuses those that are none", () => {
    for (const row of rows("jcs/rfc8785-appendix-b-numbers.json")) {
      const number = double(String(row["ieee754"]));
      if (row["json"] === null) expect(() => canonicalJson(number), JSON.stringify(row)).toThrow(TypeError);
      else expect(canonicalJson(number), JSON.stringify(row)).toBe(row["json"]);
    }
  });
});
