import { BlockList } from "node:net";
import { type IpAddress, parseIpAddress } from "./ip-address.ts";

/** Networks that have a name of their own. */
const named: Readonly<Record<string, readonly string[]>> = {
  loopback: ["127.0.0.0/8", "::1/128"],
  "link-local": ["169.254.0.0/16", "fe80::/10"],
  private: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"],
};

/** Who is trusted, as an application lists it. */
export interface TrustedAddresses {
  /** Whether an address is one of the networks listed. */
  has(address: IpAddress): boolean;
  /** Whether connections over a Unix socket are trusted, which have no address. */
  readonly unix: boolean;
}

/**
 * Compiles a list of addresses (`192.0.2.1`), networks (`10.0.0.0/8`, `2001:db8::/32`) and the names `loopback`,
 * `link-local`, `private` (RFC 1918 and RFC 4193) and `unix`.
 *
 * @param option where the list stands, for the error.
 * @throws if an entry is none of them, or is everybody.
 */
export function trustedAddresses(list: readonly string[], option: string): TrustedAddresses {
  const blocks = new BlockList();
  for (const entry of list) {
    if (entry === "unix") continue;
    for (const network of Object.hasOwn(named, entry) ? (named[entry] as readonly string[]) : [entry]) {
      addNetwork(blocks, network, option);
    }
  }
  return { has: ({ text, family }) => blocks.check(text, family), unix: list.includes("unix") };
}

function addNetwork(blocks: BlockList, network: string, option: string): void {
  const [, text = "", digits] = /^([\da-f:.]+)(?:\/(\d{1,3}))?$/i.exec(network) ?? [];
  const address = parseIpAddress(text);
  const bits = address?.family === "ipv4" ? 32 : 128;
  const prefix = digits === undefined ? bits : Number(digits);
  if (address === undefined || address.text !== text.toLowerCase() || prefix > bits) {
    throw new Error(
      `${option}: ${JSON.stringify(network)} is no network: write an address, a network such as "10.0.0.0/8" or ` +
        `"2001:db8::/32", or one of ${[...Object.keys(named), "unix"].map((name) => `"${name}"`).join(", ")}`,
    );
  }
  if (prefix === 0) {
    throw new Error(
      `${option}: ${JSON.stringify(network)} is everybody, who could then pretend to be anybody: list the networks that ` +
        "your proxies connect from",
    );
  }
  blocks.addSubnet(address.text, prefix, address.family);
}
