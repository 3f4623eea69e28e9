import { createRequire } from "node:module";
import express from "express";

// Express 4 is installed under another name, for which there are no types; all that the tests call is the same in both.
const express4: typeof express = createRequire(import.meta.url)("express4");

/** The Express that the tests run on. */
export const versions: readonly (readonly [name: string, express: typeof express])[] = [
  ["Express 5", express],
  ["Express 4", express4],
];
