import { fires, INVENTORY, NODE, silent, type AlertCase, type SampleSeries } from '../rule-case.js';

const LONG = { interval: '5m', every: '5m' } as const;

function program(instance: string, version: string): string {
  return `pipe_node_info{job="pipe-inventory", instance="${instance}", file="/opt/popcache/pop", generation="testnet", version="${version}", digest="d-${version}"}`;
}

function settingsOf(instance: string, digest: string): string {
  return `pipe_node_config_info{job="pipe-inventory", instance="${instance}", group="eu", generation="testnet", digest="${digest}"}`;
}

const ONE_IS_OLD: SampleSeries = {
  [program('a', '0.3.2')]: '1x400',
  [program('b', '0.3.2')]: '1x400',
  [program('c', '0.3.1')]: '1x400',
};
const UPDATE = `${INVENTORY}, name="pop.service", class="update"`;
const SOMAXCONN = `${INVENTORY}, name="net.core.somaxconn"`;

/** Versions, settings and the system below. */
export const VERSION_CASES: readonly AlertCase[] = [
  fires(
    'PipeNodeVersionDrift',
    'one of three nodes has an older version for more than a day',
    ONE_IS_OLD,
    '26h',
    'job="pipe-inventory", instance="c", generation="testnet", version="0.3.1", digest="d-0.3.1"',
    'c has run another build of the testnet software (0.3.1 d-0.3.1) than most nodes for a day.',
    LONG,
  ),
  silent('PipeNodeVersionDrift', 'a rollout that takes hours', ONE_IS_OLD, '10h', LONG),
  silent(
    'PipeNodeVersionDrift',
    'two nodes that differ: neither is most of them',
    { [program('a', '0.3.2')]: '1x400', [program('c', '0.3.1')]: '1x400' },
    '26h',
    LONG,
  ),
  fires(
    'PipeNodeUpdateAvailable',
    'the journal tells of an update',
    { [`pipe_node_journal_recent_lines{${UPDATE}}`]: '3x60' },
    '2h',
    'job="pipe-inventory", instance="fra-1"',
    'The log of fra-1 tells of an update of the node software (3 lines).',
    { interval: '2m' },
  ),
  silent(
    'PipeNodeUpdateAvailable',
    'nothing of that kind',
    { [`pipe_node_journal_recent_lines{${UPDATE}}`]: '0x60' },
    '2h',
    { interval: '2m' },
  ),
  fires(
    'PipeNodeConfigDrift',
    'one of three nodes of a group is set otherwise',
    { [settingsOf('a', 'x')]: '1x400', [settingsOf('b', 'x')]: '1x400', [settingsOf('c', 'y')]: '1x400' },
    '8h',
    'job="pipe-inventory", instance="c", group="eu", generation="testnet", digest="y"',
    'The settings of the testnet software on c have differed from those of most nodes of its group for six hours.',
    LONG,
  ),
  silent(
    'PipeNodeConfigDrift',
    'a group in which no setting is that of most',
    { [settingsOf('a', 'x')]: '1x400', [settingsOf('b', 'y')]: '1x400', [settingsOf('c', 'z')]: '1x400' },
    '8h',
    LONG,
  ),
  fires(
    'PipeNodeLibcTooOld',
    'a C library that the software does not run with',
    { [`pipe_node_libc_sufficient{${INVENTORY}, generation="testnet"}`]: '0x60' },
    '25m',
    `${INVENTORY}, generation="testnet"`,
    'The C library of fra-1 is older than the testnet software needs: it will not start, or not after its next update.',
  ),
  silent(
    'PipeNodeLibcTooOld',
    'a new one',
    { [`pipe_node_libc_sufficient{${INVENTORY}, generation="testnet"}`]: '1x60' },
    '25m',
  ),
  fires(
    'PipeNodeTuningDrift',
    'a setting of the kernel is not as advised',
    { [`pipe_node_sysctl_recommended{${SOMAXCONN}}`]: '0x400' },
    '26h',
    'job="pipe-inventory", instance="fra-1"',
    '1 settings of the kernel of fra-1 are not what the guides to the node software advise.',
    LONG,
  ),
  silent(
    'PipeNodeTuningDrift',
    'all are',
    { [`pipe_node_sysctl_recommended{${SOMAXCONN}}`]: '1x400' },
    '26h',
    LONG,
  ),
  fires(
    'PipeNodeRebootRequired',
    'for more than a day',
    { [`node_reboot_required{${INVENTORY}}`]: '1x400' },
    '26h',
    INVENTORY,
    'fra-1 has installed updates that take effect with the next boot only, for more than a day.',
    LONG,
  ),
  silent(
    'PipeNodeRebootRequired',
    'booted the same night',
    { [`node_reboot_required{${INVENTORY}}`]: '1x100 0x300' },
    '26h',
    LONG,
  ),
  fires(
    'PipeNodeSecurityUpdatesPending',
    'seven packages for four days',
    { [`pipe_node_security_updates_pending{${INVENTORY}}`]: '7x1200' },
    '4d',
    INVENTORY,
    '7 packages of fra-1 have had updates for the sake of security for more than three days.',
    LONG,
  ),
  silent(
    'PipeNodeSecurityUpdatesPending',
    'installed at night',
    { [`pipe_node_security_updates_pending{${INVENTORY}}`]: '7x200 0x1000' },
    '4d',
    LONG,
  ),
  fires(
    'PipeNodeSupportEnding',
    'thirty days are left',
    { [`node_os_support_end_timestamp_seconds{${NODE}}`]: '2685600x400' },
    '26h',
    NODE,
    'The support of the distribution on fra-1 ends in 30d 0h 0m 0s; a negative time is one that has passed.',
    LONG,
  ),
  silent(
    'PipeNodeSupportEnding',
    'years are left',
    { [`node_os_support_end_timestamp_seconds{${NODE}}`]: '1e8x400' },
    '26h',
    LONG,
  ),
];
