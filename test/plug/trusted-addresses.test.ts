import assert from "node:assert/strict";
import { test } from "node:test";
import { type IpAddress, parseIpAddress } from "../../src/plug/address/ip-address.ts";
import { trustedAddresses } from "../../src/plug/address/trusted-addresses.ts";

function trusted(list: string[], address: string): boolean {
  return trustedAddresses(list, "test()").has(parseIpAddress(address) as IpAddress);
}

test("addresses, networks and names", () => {
  const cases: [list: string[], inside: string[], outside: string[]][] = [
    [["192.0.2.1"], ["192.0.2.1", "::ffff:192.0.2.1"], ["192.0.2.2", "::192.0.2.1"]],
    [["10.0.0.0/8"], ["10.0.0.0", "10.255.255.255"], ["9.255.255.255", "11.0.0.0"]],
    [["10.1.2.3/8"], ["10.200.0.1"], ["11.0.0.0"]],
    [["2001:DB8::/32"], ["2001:db8::1", "2001:db8:ffff::"], ["2001:db9::"]],
    [["loopback"], ["127.0.0.1", "127.9.9.9", "::1"], ["128.0.0.1", "::2", "10.0.0.1"]],
    [["link-local"], ["169.254.1.1", "fe80::1"], ["fec0::1"]],
    [
      ["private"],
      ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "fd00::1"],
      ["172.32.0.1", "fe80::1", "127.0.0.1"],
    ],
    [["loopback", "192.0.2.0/24"], ["127.0.0.1", "192.0.2.77"], ["192.0.3.1"]],
    [[], [], ["127.0.0.1", "::1"]],
    [["unix"], [], ["127.0.0.1"]],
  ];
  for (const [list, inside, outside] of cases) {
    for (const address of inside) assert.equal(trusted(list, address), true, `${list} ${address}`);
    for (const address of outside) assert.equal(trusted(list, address), false, `${list} ${address}`);
  }
});

test("what is no network, and everybody, is refused at start", () => {
  for (const entry of [
    "",
    "example.org",
    "localhost",
    "10.0.0.0/33",
    "::1/129",
    "10.0.0.0/",
    "10.0.0/8",
    "10.0.0.0/8/8",
    "10.0.0.1:80",
    "[::1]",
    "::1%lo",
    "constructor",
    " 10.0.0.1",
  ]) {
    assert.throws(
      () => trustedAddresses([entry], "trustProxy()"),
      /^Error: trustProxy\(\): ".*" is no network: write/,
      entry,
    );
  }
  for (const entry of ["0.0.0.0/0", "::/0", "10.0.0.0/0"]) {
    assert.throws(() => trustedAddresses([entry], "trustProxy()"), /is everybody/, entry);
  }
});
