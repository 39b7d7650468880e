// What the charts draw: the report's `charts`.
import type { Severity, Unit } from "./report";

export interface ScatterPoint {
  x: number;
  y: number;
  cluster: number;
  is_anomalous: boolean;
  score: number;
  row: number;
}

export interface Scatter {
  points: ScatterPoint[];
  rows: number;
  explained: [number, number];
  /** What is on the axes where it is not the two principal components. */
  axes?: [string, string];
}

/** A host of the graph; without an address all others together. */
export interface GraphNode {
  address: string;
  hosts: number;
  flows: number;
  bytes: number;
  peers: number;
  severity: Severity;
  x: number;
  y: number;
}

export interface HostGraph {
  nodes: GraphNode[];
  edges: { from: number; to: number; flows: number; bytes: number; anomalies: number }[];
  more_edges: number;
}

/** Responders by service; a cell's place behind the list is that of the others. */
export interface HostPorts {
  hosts: { address: string; flows: number }[];
  services: { proto: string; port: number | null; flows: number }[];
  cells: { host: number; service: number; flows: number; bytes: number; anomalies: number }[];
  other_hosts: number;
  other_services: number;
}

export interface ChartData {
  histogram: { rows: number[]; anomalies: number[]; threshold: number };
  scatter: Scatter;
  timeline: {
    start: string | null;
    bin_seconds: number;
    packets: number[];
    bytes: number[];
    flows: number[];
    /** The same by protocol. */
    protocols: { name: string; packets: number[]; bytes: number[]; flows: number[] }[];
    anomalies: number[];
    findings: number[];
  };
  host_graph: HostGraph;
  host_ports: HostPorts;
  unit: Unit;
}
