import { type Identity, refuseCredentials } from "unclash";

/** Who sends `Authorization: Bearer <name>`; `wrong` is nobody. */
export function whoIs(headers: Readonly<Record<string, string | string[] | undefined>>): Identity {
  const { authorization } = headers;
  if (authorization === undefined) return undefined;
  return authorization === "Bearer wrong"
    ? refuseCredentials('Bearer realm="shop"')
    : { name: String(authorization).slice(7) };
}
