import { createServer, type Server } from 'node:net';

/** A mail server that takes everything, as far as a client needs one. */
export function mailSink(take: (text: string) => void): Server {
  return createServer((socket) => {
    let isData = false;
    let text = '';
    // A client that is stopped in mid-mail resets its connection; that fails no test.
    socket.on('error', () => socket.destroy());
    socket.write('220 sink\r\n');
    socket.on('data', (chunk) => {
      for (const line of chunk.toString().split('\r\n')) {
        if (isData) {
          text += `${line}\n`;
          if (line !== '.') continue;
          isData = false;
          take(decodeQuotedPrintable(text));
          socket.write('250 taken\r\n');
        } else if (/^(EHLO|HELO|MAIL|RCPT|RSET|NOOP)/i.test(line)) {
          socket.write('250 fine\r\n');
        } else if (/^DATA/i.test(line)) {
          isData = true;
          text = '';
          socket.write('354 go on\r\n');
        } else if (/^QUIT/i.test(line)) {
          socket.end('221 bye\r\n');
        }
      }
    });
  });
}

function decodeQuotedPrintable(text: string): string {
  return text
    .replaceAll('=\n', '')
    .replaceAll(/=(?<code>[0-9A-F]{2})/g, (_all, code: string) => String.fromCharCode(parseInt(code, 16)));
}
