import { isJsonArray, isJsonObject, type Json } from "@unclash/core/json";

/**
 * A value without the members and items to which these paths lead; items behind one that goes move up. What is not
 * there is not missed.
 *
 * @param paths the tokens of JSON Pointers, none of them empty
 */
export function withoutMembers(value: Json, paths: readonly (readonly string[])[]): Json {
  const below = new Map<string, (readonly string[])[]>();
  for (const [token = "", ...rest] of paths) {
    const rests = below.get(token);
    if (rests === undefined) below.set(token, [rest]);
    else rests.push(rest);
  }
  const left = (token: string, part: Json): readonly Json[] => {
    const rests = below.get(token);
    if (rests === undefined) return [part];
    return rests.some((rest) => rest.length === 0) ? [] : [withoutMembers(part, rests)];
  };
  if (isJsonArray(value)) return value.flatMap((item, index) => left(String(index), item));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => left(name, member).map((each) => [name, each] as const)),
  );
}
