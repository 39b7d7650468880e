import { expect, it } from "vitest";
import { completions } from "./completion";

const FIELDS = [
  { name: "severity", aliases: [], meaning: "how grave", example: "severity >= medium" },
  { name: "service", aliases: ["app"], meaning: "protocol", example: "service tls" },
  { name: "score", aliases: [], meaning: "how strange", example: "score > 0.8" },
  { name: "proto", aliases: ["protocol"], meaning: "transport", example: "proto udp" },
  { name: "port", aliases: [], meaning: "either end's port", example: "port 53" },
];
const words = (text: string) => completions(text, FIELDS).map((one) => one.text);

it("fields come first, by what they begin with", () => {
  expect(words("")).toEqual(["severity ", "service ", "app ", "score ", "proto ", "protocol ", "port ", "not "]);
  expect(words("SE")).toEqual(["severity ", "service "]);
  expect(words("not po")).toEqual(["not port "]);
  expect(words("(sc")).toEqual(["(score "]);
});

it("after a test come joints and further tests", () => {
  expect(words("port 53 a")).toEqual(["port 53 and ", "port 53 app "]);
  expect(words("port 53 or s")).toEqual(["port 53 or severity ", "port 53 or service ", "port 53 or score "]);
  expect(words("(port 53) o")).toEqual(["(port 53) or "]);
});

it("after a field come its own values and how it is compared", () => {
  expect(words("severity >= m")).toEqual(["severity >= medium "]);
  expect(words("severity ")).toContain("severity critical ");
  expect(words("severity ")).toContain("severity >= ");
  expect(words("score ")).toEqual(["score > ", "score >= ", "score < ", "score <= "]);
  expect(words("proto in {tcp, u")).toEqual(["proto in {tcp, udp "]);
  expect(words("port ")).toEqual([]);
});

it("a word that is whole, or that nothing begins with, is left alone", () => {
  expect(words("port 53 and")).toEqual([]);
  expect(words("zebra")).toEqual([]);
  expect(words("proto udp and (bytes > 1 MB or __proto__")).toEqual([]);
});
