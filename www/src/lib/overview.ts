// The filters that lead from the overview's entries to their rows. None where rows of the unit do not say such a thing.
import type { CountryUse, NetworkUse } from "./enrichment";
import type { Conversation, NameUse, PortUse, Talker, Unit } from "./report";

export function talkerFilter({ address }: Talker): string {
  return `ip ${address}`;
}

export function conversationFilter({ a, b }: Conversation, unit: Unit): string {
  if (a === b) return unit === "host" ? `ip ${a}` : `src ${a} and dst ${a}`;
  // A host is one end only.
  return unit === "host" ? `ip in {${a}, ${b}}` : `ip ${a} and ip ${b}`;
}

export function portFilter({ proto, port }: PortUse, unit: Unit): string | null {
  // By its number: the word stands for both versions.
  const term = `proto ${proto === "icmp" ? "1" : proto}`;
  if (port === null) return term;
  if (unit === "host") return null;
  return `${unit === "flow" ? "dport" : "port"} ${port} and ${term}`;
}

export function serverFilter({ name }: NameUse, unit: Unit): string | null {
  return unit === "flow" ? `sni == ${quoted(name)} or http.host == ${quoted(name)}` : null;
}

export function dnsFilter({ name }: NameUse, unit: Unit): string | null {
  return unit === "flow" ? `dns.query == ${quoted(name)}` : null;
}

export function countryFilter({ country }: CountryUse): string {
  return `country ${quoted(country)}`;
}

export function networkFilter({ asn }: NetworkUse): string {
  return `asn ${asn}`;
}

/** As the filter language reads it; plain names need no quotation marks. */
function quoted(name: string): string {
  return /^\w[\w-]*(\.[\w-]+)+$/.test(name) ? name : `"${name.replaceAll(/["\\]/g, "\\$&")}"`;
}
