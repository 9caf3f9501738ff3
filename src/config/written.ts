import * as z from 'zod';
import { addressMistake, hostMistake, ipMistake, parseAddress } from './address.js';
import { FLEET_NAME, fleetMistake, LABEL_NAME, labelNameMistake, labelValueMistake } from './names.js';
import { credentialName, writtenCredential } from './written-credential.js';
import { jump, writtenJumpHost } from './written-jump.js';
import { writtenSoftware } from './written-software.js';
import { degrees, duration, name, path, size, text, wholeNumber } from './written-values.js';

/**
 * pipefleet.yml as it is written: the one source of what is allowed, of docs/pipefleet.schema.json and of the help that
 * editors show. It has the defaults too, save those that depend on other keys: modules.ts has the schedule of a module,
 * normalize.ts the port and the software of a node. What no single value tells (references, exclusions) is checked in
 * rules.ts.
 *
 * Each message says what is wrong and how to mend it, without its subject: sentences.ts puts the key in front.
 */

function externalAddressMistake(value: string): string | undefined {
  if (parseAddress(value)?.port === 0)
    return 'has port 0, which nobody can reach; write the port that Prometheus asks';
  return addressMistake(value, 'pipefleet.example.net:10950');
}

const port = wholeNumber(1, 65_535, 'TCP port of the SSH server.');

const labels = z
  .record(
    text(labelNameMistake, { description: 'Name of a Prometheus label.', pattern: LABEL_NAME.source }),
    text(labelValueMistake, { description: 'Value of the label. Numbers and true or false need quotes.' }),
  )
  .meta({
    description: 'Labels that every series of the node carries in Prometheus, such as region or provider.',
    examples: [{ region: 'eu', provider: 'example' }],
  });

const groups = z
  .array(name('Name of a group.', ['edge']))
  .meta({ description: 'Groups that the node belongs to, for selecting nodes and as the label "group".' });

const collectorNames = (description: string) =>
  z
    .array(text(() => undefined, { description: 'Name of a collector.', examples: ['cpu'] }))
    .meta({ description });

const module = z
  .strictObject({
    collectors: collectorNames('Collectors that the module runs, instead of those that it has by default.')
      .min(1, 'is empty; name at least one collector, or remove the key for those of the default')
      .optional(),
    enable: collectorNames('Collectors that the module runs beside those of the default.').optional(),
    disable: collectorNames('Collectors that the module leaves out.').optional(),
    timeout: duration(
      'Upper bound for one probe. 20s (inventory and audit 30s), or the interval when that is shorter.',
      '20s',
    ).optional(),
    interval: duration(
      'Scrape interval that /sd asks Prometheus for. 2m for inventory, 4m for audit, else left to the scrape job.',
      '30s',
    ).optional(),
    share: duration(
      'The answer of a successful probe is given to other scrapers too until it is so old; half of the interval lets two Prometheus servers cost a node what one does.',
      '15s',
      'zero',
    ).optional(),
  })
  .meta({ description: 'A set of collectors that a Prometheus job asks for with ?module=NAME.' });

const limits = z
  .strictObject({
    concurrent_probes: wholeNumber(
      1,
      10_000,
      'Probes that may run at once. Past it /probe answers 503.',
    ).prefault(200),
    concurrent_logins: wholeNumber(
      1,
      1_000,
      'SSH logins that may be under way at once. A peer that does not answer takes no place.',
    ).prefault(64),
    dial_timeout: duration('Bound on making one connection, from look-up to login.', '10s').prefault('10s'),
    keepalive: duration('Pause between keepalive messages on an idle connection.', '15s').prefault('15s'),
    idle: duration('A connection that nobody used for so long is closed.', '10m').prefault('10m'),
    connection_age: duration('A connection older than this is replaced.', '1h').prefault('1h'),
    output_size: size('64KiB', '64MiB', 'Output that one probe may read from a node.', '4MiB').prefault(
      '4MiB',
    ),
    timeout_offset: duration(
      "Taken off the scraper's timeout so that the answer still arrives.",
      '500ms',
      'zero',
    ).prefault('500ms'),
    shutdown: duration('How long running probes may go on after SIGTERM.', '10s', 'zero').prefault('10s'),
  })
  .meta({ description: 'Bounds on what the exporter does at once and how long it waits.' });

const defaults = z
  .strictObject({
    credential: credentialName.optional(),
    port: port.optional(),
    jump: jump.optional(),
    labels: labels.optional(),
    groups: groups.optional(),
    software: writtenSoftware.optional(),
  })
  .meta({
    description:
      'What nodes inherit. A node replaces "credential", "port", "jump", single labels and single keys of "software"; its groups are added to these.',
  });

const node = z
  .strictObject({
    name: name('Unique name of the node: the label "instance" and the target of /probe.', ['fra-1']),
    host: text(hostMistake, {
      description: 'Host name, IPv4 address, or IPv6 address without brackets.',
      examples: ['fra-1.example.net', '192.0.2.10', '2001:db8::10'],
    }),
    port: port
      .meta({
        description: 'TCP port of the SSH server. 22 when neither the node nor "defaults" says otherwise.',
      })
      .optional(),
    addresses: z
      .array(
        text(ipMistake, { description: 'IPv4 or IPv6 address.', examples: ['192.0.2.10', '2001:db8::10'] }),
      )
      .meta({
        description:
          'Addresses to try in this order instead of looking "host" up. Its host key is still the one of "host".',
      })
      .optional(),
    jump: jump.optional(),
    credential: credentialName.optional(),
    labels: labels.optional(),
    groups: groups.optional(),
    location: z
      .strictObject({
        latitude: degrees(90, 'Degrees north, negative in the south.', 50.11),
        longitude: degrees(180, 'Degrees east, negative in the west.', 8.68),
      })
      .meta({ description: 'Where the node stands, for the map.' })
      .optional(),
    software: writtenSoftware.optional(),
  })
  .meta({ description: 'One machine to scrape.' });

const DEFAULT_LISTEN = '127.0.0.1:10950';
const DEFAULT_KNOWN_HOSTS = '~/.ssh/known_hosts';

export const writtenConfig = z
  .strictObject({
    listen: text(
      (value) => addressMistake(value, DEFAULT_LISTEN),
      {
        description: 'Address and port that the exporter listens on.',
        examples: [DEFAULT_LISTEN, '[::1]:10950'],
      },
      `lacks a host; write for example "${DEFAULT_LISTEN}"`,
    )
      .transform((value) => parseAddress(value) ?? { host: '127.0.0.1', port: 10_950 })
      .prefault(DEFAULT_LISTEN),
    external_address: text(externalAddressMistake, {
      description:
        'host:port under which Prometheus reaches the exporter, when the request to /sd does not tell.',
      examples: ['pipefleet.example.net:10950'],
    }).optional(),
    fleet_id: text(fleetMistake, {
      description:
        'Tells this fleet from those of others on the same nodes: what set-up has made there is listed under it. Written by the first command that sets a node up; a copy for another fleet needs another one.',
      examples: ['f3a91c5d27e08b46'],
      pattern: FLEET_NAME.source,
    }).optional(),
    known_hosts: z
      .union(
        [
          path('Path of a known_hosts file.', [DEFAULT_KNOWN_HOSTS]),
          z
            .array(path('Path of a known_hosts file.', [DEFAULT_KNOWN_HOSTS]))
            .min(1, 'is empty; name a file, for without one no host can be verified'),
        ],
        { error: 'must be a path or a list of paths; write for example "~/.ssh/known_hosts"' },
      )
      .meta({
        description: 'File or files that hold the host keys of the nodes. A key may stand in any of them.',
      })
      .prefault(DEFAULT_KNOWN_HOSTS),
    credentials: z
      .record(name('Name of the credential.'), writtenCredential)
      .meta({ description: 'How to log in to nodes and jump hosts, by name.' })
      .prefault({}),
    jump_hosts: z
      .record(name('Name of the jump host.'), writtenJumpHost)
      .meta({ description: 'Machines on the way to nodes that cannot be reached directly, by name.' })
      .prefault({}),
    modules: z
      .record(name('Name of the module.'), module)
      .meta({
        description:
          'Sets of collectors, by name. "node", "inventory" and "audit" are built in, and may be changed here.',
      })
      .prefault({}),
    limits: limits.prefault({}),
    defaults: defaults.prefault({}),
    nodes: z.array(node).meta({ description: 'The machines to scrape.' }).prefault([]),
  })
  .meta({ title: 'pipefleet.yml', description: 'Configuration of pipefleet.' });

export type WrittenConfig = z.output<typeof writtenConfig>;
