/**
 * The condition under which the workspace runs from source. Sources are not packed, so that what is published does not
 * name them.
 */
const sourceCondition = "unclash-source";

function withoutSources(entry) {
  if (typeof entry !== "object" || entry === null) return entry;
  const { [sourceCondition]: _, ...published } = entry;
  return published;
}

module.exports = {
  hooks: {
    beforePacking(manifest) {
      if (manifest.exports === undefined) return manifest;
      const exports = Object.entries(manifest.exports).map(([path, entry]) => [path, withoutSources(entry)]);
      return { ...manifest, exports: Object.fromEntries(exports) };
    },
  },
};
