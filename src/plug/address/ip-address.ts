import { isIPv4, isIPv6 } from "node:net";

/** An IP address in a form that can be compared. */
export interface IpAddress {
  readonly family: "ipv4" | "ipv6";
  /** Lower-case, without brackets, port and zone; IPv4 addresses in IPv6 clothes (`::ffff:1.2.3.4`) as IPv4. */
  readonly text: string;
}

/**
 * Reads an address as it stands in headers of proxies: `192.0.2.1`, `192.0.2.1:8080`, `2001:db8::1`, `[2001:db8::1]:443`.
 *
 * @returns undefined for everything else. Never throws.
 */
export function parseIpAddress(text: string): IpAddress | undefined {
  const [, bracketed, plain] = withPort.exec(text.trim()) ?? [];
  const address = bracketed ?? plain ?? text.trim();
  if (bracketed === undefined && isIPv4(address)) return { family: "ipv4", text: address };
  if (plain !== undefined || !isIPv6(address)) return undefined;
  const mapped = mappedIpv4(address);
  if (mapped !== undefined) return { family: "ipv4", text: mapped };
  const zone = address.indexOf("%");
  return { family: "ipv6", text: (zone === -1 ? address : address.slice(0, zone)).toLowerCase() };
}

/**
 * What of an address tells one client from another: an IPv4 address as a whole, of IPv6 the first 64 bits, since a
 * single household is given that many addresses to choose from (RFC 6177). Other texts stay as they are.
 *
 * @example clientNetwork("2001:DB8:0:1:a::b") // "2001:db8:0:1::/64"
 */
export function clientNetwork(address: string): string {
  const parsed = parseIpAddress(address);
  if (parsed === undefined) return address;
  if (parsed.family === "ipv4") return parsed.text;
  const network = ipv6Groups(parsed.text).slice(0, 4);
  return `${network.map((group) => group.toString(16)).join(":")}::/64`;
}

/** An IPv4 address with a port, or an IPv6 address in brackets, with or without one. */
const withPort = /^(?:\[([^\]]*)\](?::\d{1,5})?|(\d[\d.]*):\d{1,5})$/;

function mappedIpv4(address: string): string | undefined {
  const groups = ipv6Groups(address);
  if (groups.slice(0, 5).some((group) => group !== 0) || groups[5] !== 0xffff) return undefined;
  const [high = 0, low = 0] = groups.slice(6);
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

/** The eight groups of a valid IPv6 address (RFC 4291, section 2.2). */
function ipv6Groups(address: string): number[] {
  const [head = "", tail] = address.replace(/%.*$/, "").split("::");
  const left = groupsOf(head);
  if (tail === undefined) return left;
  const right = groupsOf(tail);
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
}

function groupsOf(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (!group.includes(".")) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split(".").map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}
