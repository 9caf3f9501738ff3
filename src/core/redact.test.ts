import { describe, expect, test } from '@jest/globals';
import { redact } from './redact.js';

describe('redact', () => {
  test.each([
    ['{"hardware_signature":"46ad6e","port":443}', '{"hardware_signature":"[redacted]","port":443}'],
    ['{"solana_pubkey": "7ugo", "a": 1}', '{"solana_pubkey": "[redacted]", "a": 1}'],
    ['{"access_token":"a\\"b"}', '{"access_token":"[redacted]"}'],
    ["Location='X', Invite Code='ABC123'", "Location='X', Invite Code='[redacted]'"],
    ['mail operator@example.com now', 'mail [redacted] now'],
    ['{"status":"ok","uptime_seconds":52}', '{"status":"ok","uptime_seconds":52}'],
  ])('%s', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });
});
