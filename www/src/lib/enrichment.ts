// What the core says of files beside the capture.

import type { Top, Volume } from "./report";

/** Something in a side file that was not used, counted. */
export interface SideFault {
  kind: string;
  message: string;
  count: number;
  first_line: number;
}

/** A threat list and how much of it was met. */
export interface ListReport {
  name: string;
  format: string;
  entries: number;
  faults: SideFault[];
  entries_met: number;
  flows_met: number;
}

export type PortVerdict =
  | "undeclared"
  | "filtered_answers"
  | "other_service"
  | "not_scanned"
  | "unanswered"
  | "silent"
  | "confirmed"
  | "quiet";

/** A port of a scanned host: what nmap says and what the traffic shows. */
export interface InventoryPort {
  proto: string;
  port: number;
  state: string | null;
  service: string | null;
  product: string | null;
  flows: number;
  answered: number;
  clients: number;
  observed_service: string | null;
  verdict: PortVerdict;
}

export interface InventoryHost {
  addresses: string[];
  mac: string | null;
  names: string[];
  os: string | null;
  is_up: boolean;
  not_shown: string[];
  ports: InventoryPort[];
  port_count: number;
}

/** A port scan by nmap, compared with the traffic. */
export interface ScanReport {
  name: string;
  version: string;
  args: string;
  start: string | null;
  end: string | null;
  is_cut: boolean;
  scanner: string | null;
  scan_flows: number;
  host_count: number;
  hosts: InventoryHost[];
  faults: SideFault[];
}

/** A GeoIP database and how much of it was found. */
export interface DatabaseReport {
  name: string;
  database_type: string;
  build_time: string;
  ip_version: number;
  /** What was taken from it; empty where later ones tell the same. */
  facts: ("country" | "city" | "asn")[];
  looked_up: number;
  found: number;
  faults: SideFault[];
}

/** A country and the flows that have an end in it. */
export interface CountryUse extends Volume {
  country: string;
  country_name: string | null;
  hosts: number;
}

/** An autonomous system and the flows that have an end in it. */
export interface NetworkUse extends Volume {
  asn: number;
  as_org: string | null;
  hosts: number;
}

/** What files beside the capture say; each list in the order they were given. */
export interface Enrichment {
  lists: ListReport[];
  scans: ScanReport[];
  /** Absent without any. */
  databases?: DatabaseReport[];
  geography?: { countries: Top<CountryUse>; networks: Top<NetworkUse> };
}
