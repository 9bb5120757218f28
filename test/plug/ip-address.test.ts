import assert from "node:assert/strict";
import { isIP } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import { clientNetwork, parseIpAddress } from "../../src/plug/address/ip-address.ts";

test("addresses as proxies write them", () => {
  const cases: [given: string, expected: string][] = [
    ["192.0.2.1", "192.0.2.1"],
    [" 192.0.2.1\t", "192.0.2.1"],
    ["192.0.2.1:8080", "192.0.2.1"],
    ["2001:DB8::1", "2001:db8::1"],
    ["[2001:db8::1]", "2001:db8::1"],
    ["[2001:db8::1]:443", "2001:db8::1"],
    ["fe80::1%eth0", "fe80::1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::FFFF:c000:0201", "192.0.2.1"],
    ["0:0:0:0:0:ffff:192.0.2.1", "192.0.2.1"],
    ["[::ffff:192.0.2.1]:80", "192.0.2.1"],
    ["::", "::"],
    ["::1", "::1"],
    ["::192.0.2.1", "::192.0.2.1"],
  ];
  for (const [given, expected] of cases) assert.equal(parseIpAddress(given)?.text, expected, given);
});

test("what is no address", () => {
  for (const text of [
    "",
    "unknown",
    "_hidden",
    "localhost",
    "example.org",
    "256.0.0.1",
    "1.2.3",
    "01.2.3.4",
    "0x7f.1",
    "2130706433",
    "1.2.3.4:",
    "1.2.3.4:99999999",
    "1.2.3.4:80:90",
    "[1.2.3.4]",
    "[1.2.3.4]:80",
    "[::1",
    "::1]",
    "[::1]x",
    "[[::1]]",
    "1::2::3",
    "12345::",
    ":::",
    "1.2.3.4, 5.6.7.8",
    "1.2.3.4\n5.6.7.8",
    '"1.2.3.4"',
    "１.2.3.4",
  ]) {
    assert.equal(parseIpAddress(text), undefined, text);
  }
});

test("an IPv6 client is its /64, an IPv4 client its address", () => {
  const cases: [given: string, expected: string][] = [
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["2001:db8:0:1:a:b:c:d", "2001:db8:0:1::/64"],
    ["2001:DB8:0:1::", "2001:db8:0:1::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["", ""],
    ["unix", "unix"],
  ];
  for (const [given, expected] of cases) assert.equal(clientNetwork(given), expected, given);
});

test("property: any text is read without a throw, and only addresses are taken for some", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[[\]:.\da-f%]{0,40}$/)), (text) => {
      const parsed = parseIpAddress(text);
      if (parsed !== undefined) assert.equal(isIP(parsed.text), parsed.family === "ipv4" ? 4 : 6);
    }),
  );
});

test("property: addresses of one /64 are one client, however they are written", () => {
  const group = fc.integer({ min: 0, max: 0xffff });
  const groups = fc.array(group, { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(groups, groups, groups, (network, host, other) => {
      const write = (last: number[], pad: number) =>
        [...network, ...last].map((part) => part.toString(16).padStart(pad, "0")).join(":");
      if (network.every((part) => part === 0)) return;
      assert.equal(clientNetwork(write(host, 1)), clientNetwork(write(other, 4).toUpperCase()));
    }),
  );
});
