import { expect, it } from "vitest";
import {
  conversationFilter,
  countryFilter,
  dnsFilter,
  networkFilter,
  portFilter,
  serverFilter,
  talkerFilter,
} from "./overview";

const volume = { flows: 1, packets: 1, bytes: 1 };

it("selects by what rows of the unit say", () => {
  expect(talkerFilter({ address: "fe80::1", severity: "none", ...volume })).toBe("ip fe80::1");
  const both = { a: "10.0.0.1", b: "10.0.0.2", ...volume };
  expect(conversationFilter(both, "flow")).toBe("ip 10.0.0.1 and ip 10.0.0.2");
  expect(conversationFilter(both, "host")).toBe("ip in {10.0.0.1, 10.0.0.2}");
  expect(conversationFilter({ ...both, b: both.a }, "packet")).toBe("src 10.0.0.1 and dst 10.0.0.1");
  const dns = { proto: "udp", port: 53, service: "dns", ...volume };
  expect(portFilter(dns, "flow")).toBe("dport 53 and proto udp");
  expect(portFilter(dns, "packet")).toBe("port 53 and proto udp");
  expect(portFilter(dns, "host")).toBeNull();
  expect(portFilter({ ...dns, proto: "icmp", port: null }, "host")).toBe("proto 1");
  expect(dnsFilter({ name: "a.example", ...volume }, "packet")).toBeNull();
  expect(countryFilter({ country: "IN", country_name: "India", hosts: 1, ...volume })).toBe('country "IN"');
  expect(networkFilter({ asn: 64_496, as_org: null, hosts: 1, ...volume })).toBe("asn 64496");
});

it("quotes names that are no plain words", () => {
  const of = (name: string) => dnsFilter({ name, ...volume }, "flow");
  expect(of("www.example.org")).toBe("dns.query == www.example.org");
  expect(of("or")).toBe('dns.query == "or"');
  expect(of('a"b\\.c d')).toBe('dns.query == "a\\"b\\\\.c d"');
  expect(serverFilter({ name: "a.b", ...volume }, "flow")).toBe("sni == a.b or http.host == a.b");
});
