/** What a master says in its log of the sessions that run through it. */
export type MuxEvent =
  /** A client has asked for a session, which is this channel now. */
  | { readonly what: 'asked'; readonly channel: number }
  /** The node has opened the oldest session that was asked for and not answered: sshd answers in order. */
  | { readonly what: 'opened' }
  | { readonly what: 'refused'; readonly channel: number; readonly why: string }
  | { readonly what: 'exited'; readonly channel: number; readonly how: 'status' | 'signal' }
  /** The node has let the session go. */
  | { readonly what: 'freed'; readonly channel: number };

const LINE =
  /^(?:debug1: )?(?:channel (?<channel>\d+): (?:(?<asked>new (?:session )?\[client-session\])|open failed: (?<why>.+)|(?<freed>free: client-session,))|client_input_channel_req: channel (?<exited>\d+) rtype exit-(?<how>status|signal)|(?<opened>Sending command: ))/;

/** Reads one line that OpenSSH's master prints at LogLevel DEBUG1. */
export function muxEventOf(line: string): MuxEvent | undefined {
  const found = LINE.exec(line)?.groups;
  if (found === undefined) return undefined;
  if (found['opened'] !== undefined) return { what: 'opened' };
  if (found['exited'] !== undefined) {
    return {
      what: 'exited',
      channel: Number(found['exited']),
      how: found['how'] === 'signal' ? 'signal' : 'status',
    };
  }
  const channel = Number(found['channel']);
  if (found['asked'] !== undefined) return { what: 'asked', channel };
  if (found['why'] !== undefined)
    return { what: 'refused', channel, why: found['why'].replace(/^connect failed: /, '') };
  return { what: 'freed', channel };
}
