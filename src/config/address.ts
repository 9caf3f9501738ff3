import { isIP, isIPv6 } from 'node:net';

/** Letters, digits, "-" and "_" between dots (RFC 1123, and the "_" that resolvers accept); a final dot is allowed. */
const HOST_NAME =
  /^(?=.{1,253}\.?$)(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)*[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.?$/;
const DIGITS_AND_DOTS = /^[\d.]+$/;
const NAME_AND_PORT = /^[^:]*:\d*$/;
const ADDRESS = /^(?:\[(?<bracketed>[^\]]*)\]|(?<plain>[^:]*)):(?<port>\d{1,5})$/;

/** What is wrong with a host and how to mend it, or undefined when it can be looked up or dialled. */
export function hostMistake(host: string): string | undefined {
  if (host === '') return 'is empty; write a host name or an IP address';
  if (host.startsWith('-'))
    return 'starts with "-", which commands read as an option; write a host name or an IP address';
  if (/\s/.test(host)) return 'contains a space; write one host name or IP address';
  if (host.includes('@')) return 'contains "@"; write the host alone, the user belongs to the credential';
  if (host.includes('/')) return 'contains "/"; write the host alone, without a scheme or a path';
  if (host.includes('[') || host.includes(']')) return 'has brackets; write an IPv6 address without them';
  if (isIP(host) !== 0) return undefined;
  if (NAME_AND_PORT.test(host)) return 'contains a port; write the host alone and the port as "port"';
  if (host.includes(':')) return 'is not an IPv6 address; write it such as 2001:db8::10';
  if (DIGITS_AND_DOTS.test(host))
    return 'is not an IPv4 address; write four numbers from 0 to 255 with dots between';
  if (HOST_NAME.test(host)) return undefined;
  return 'is neither a host name nor an IP address; use letters, digits, "-" and dots';
}

/** What is wrong with an IP address, or undefined. */
export function ipMistake(address: string): string | undefined {
  return isIP(address) === 0 ? 'is not an IP address; write it such as 192.0.2.1 or 2001:db8::1' : undefined;
}

export interface Address {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Takes `host:port` or `[IPv6]:port` apart; undefined when it is neither. */
export function parseAddress(text: string): Address | undefined {
  const groups = ADDRESS.exec(text)?.groups;
  const host = groups?.['bracketed'] ?? groups?.['plain'] ?? '';
  const port = Number(groups?.['port']);
  if (!(port <= 65_535) || hostMistake(host) !== undefined) return undefined;
  return isIPv6(host) === (groups?.['bracketed'] !== undefined) ? { host, port } : undefined;
}

/** What is wrong with a `host:port`, or undefined. */
export function addressMistake(text: string, example: string): string | undefined {
  if (text.includes('://')) return `contains a scheme; write host and port alone, such as "${example}"`;
  if (isIPv6(text)) return 'lacks a port or brackets; write an IPv6 address as "[::1]:10950"';
  if (text.startsWith(':'))
    return `lacks a host; write "0.0.0.0${text}" for every IPv4 interface or "[::]${text}" for every interface`;
  if (parseAddress(text) === undefined) return `is not "host:port"; write it such as "${example}"`;
  return undefined;
}
