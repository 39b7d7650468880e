// Tables for the tests: flows as CICFlowMeter and Zeek write them, made up and the same every time.
import { random } from "./captures";

interface Flow {
  orig: string;
  resp: string;
  port: number;
  packets: [number, number];
  bytes: [number, number];
  micros: number;
  second: number;
  isLoud: boolean;
}

function flows(count: number): Flow[] {
  const next = random(7);
  const below = (n: number) => Math.floor(next() * n);
  return Array.from({ length: count }, (_, i) => {
    const isLoud = i % 60 === 59;
    const packets: [number, number] = isLoud ? [900 + below(90), 0] : [2 + below(18), 1 + below(18)];
    return {
      orig: `10.0.0.${isLoud ? 66 : 1 + below(40)}`,
      resp: `192.168.1.${1 + below(9)}`,
      port: [443, 80, 53, 22][below(4)] ?? 443,
      packets,
      bytes: [packets[0] * (40 + below(300)), packets[1] * (60 + below(900))],
      micros: i % 20 === 3 ? 0 : 1_000 + below(4_000_000),
      second: i * 2 + below(2),
      isLoud,
    };
  });
}

const clock = (second: number) =>
  [Math.floor(second / 3600) + 9, Math.floor(second / 60) % 60, second % 60].map((n) => String(n).padStart(2, "0")).join(":");

/** CICFlowMeter's CSV with two columns that nobody else has; `hosts` false as CICIDS2017's files for learning. */
export function cicflowmeter({ count = 300, hosts = true, label = "DoS Hulk" } = {}): Buffer {
  const ends = ["Flow ID", "Src IP", "Src Port", "Dst IP"];
  const rest = ["Flow Duration", "Total Fwd Packet", "Total Bwd packets", "Total Length of Fwd Packet"];
  const last = ["Total Length of Bwd Packet", "Flow Bytes/s", "Packet Length Variance", "<b>Risk</b>", "Label"];
  const head = [...(hosts ? ends : []), "Dst Port", ...(hosts ? ["Protocol", "Timestamp"] : []), ...rest, ...last];
  const rows = flows(count).map((f, i) => {
    const named = [`${f.orig}-${f.resp}-${40_000 + i}-${f.port}-6`, f.orig, 40_000 + i, f.resp];
    const rate = f.micros === 0 ? "Infinity" : ((f.bytes[0] + f.bytes[1]) * 1e6) / f.micros;
    return [
      ...(hosts ? named : []),
      f.port,
      ...(hosts ? [f.port === 53 ? 17 : 6, `07/07/2017 ${clock(f.second)}`] : []),
      f.micros,
      ...f.packets,
      ...f.bytes,
      rate,
      (i * 37) % 4_000,
      f.isLoud ? 97 : i % 9,
      f.isLoud ? label : "BENIGN",
    ].join(",");
  });
  return Buffer.from(`${[head.join(","), ...rows].join("\n")}\n`);
}

/** Zeek's conn.log in TSV. */
export function connLog(count = 300): Buffer {
  const fields =
    "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes";
  const rows = flows(count).map((f, i) =>
    [
      (1_499_385_600 + f.second).toFixed(6),
      `CmES5u32sYpV7J${String(i).padStart(4, "0")}`,
      f.orig,
      40_000 + i,
      f.resp,
      f.port,
      f.port === 53 ? "udp" : "tcp",
      f.port === 443 ? "ssl" : "-",
      f.isLoud ? "-" : (f.micros / 1e6).toFixed(6),
      f.isLoud ? "-" : f.bytes[0],
      f.isLoud ? "-" : f.bytes[1],
      f.isLoud ? "S0" : "SF",
      f.isLoud ? "S" : "ShADadFf",
      f.packets[0],
      f.bytes[0] + 40 * f.packets[0],
      f.packets[1],
      f.bytes[1] + 40 * f.packets[1],
    ].join("\t"),
  );
  const head = ["#separator \\x09", "#set_separator\t,", "#empty_field\t(empty)", "#unset_field\t-", "#path\tconn"];
  return Buffer.from(`${[...head, `#fields\t${fields.replaceAll(" ", "\t")}`, ...rows, "#close"].join("\n")}\n`);
}
