import { AUDIT, fires, INVENTORY, NODE, peer, silent, type AlertCase } from '../rule-case.js';

const LONG = { interval: '5m', every: '5m' } as const;
const NAMED = 'pop_name="one", pop_location="Frankfurt", generation="testnet"';
const POP = 'generation="testnet", pop_id="77"';
const STATE = `${INVENTORY}, file="/opt/popcache/.pop_state.json"`;
const FILES = `pipe_node_identity_files{${INVENTORY}, generation="testnet"}`;
const BACKUP = `pipe_node_backup_timestamp_seconds{${INVENTORY}}`;
const WRITTEN = `pipe_node_identity_file_modified_timestamp_seconds{${STATE}}`;

/** Identities and the audit. */
export const IDENTITY_CASES: readonly AlertCase[] = [
  {
    alert: 'PipeNodeIdentityDuplicate',
    when: 'two nodes with the identity of one',
    series: {
      [`pipe_node_identity_info{${NODE}, ${NAMED}, pop_id="77"}`]: '1x60',
      [`pipe_node_identity_info{${peer('ams-1')}, ${NAMED}, pop_id="77"}`]: '1x60',
    },
    at: '20m',
    fires: ['fra-1', 'ams-1'].map((instance) => ({
      labels: { job: 'pipe-node', instance, generation: 'testnet', pop_id: '77' },
      says: `2 nodes, one of them ${instance}, say that they are PoP 77 of testnet. The network takes them for one, and may bar it.`,
    })),
  },
  silent(
    'PipeNodeIdentityDuplicate',
    'two nodes that are not registered, and one that was renamed',
    {
      [`pipe_node_identity_info{${NODE}, ${NAMED}, pop_id="0"}`]: '1x60',
      [`pipe_node_identity_info{${peer('ams-1')}, ${NAMED}, pop_id="0"}`]: '1x60',
      [`pipe_node_identity_info{${peer('old')}, ${NAMED}, ${POP.replace('generation="testnet", ', '')}}`]:
        '1x20 stale',
      [`pipe_node_identity_info{${peer('new')}, ${NAMED}, pop_id="77"}`]: '_x20 1x40',
    },
    '20m',
  ),
  fires(
    'PipeNodeIdentityCrowded',
    'two identities in the known folders',
    { [FILES]: '2x60' },
    '25m',
    `${INVENTORY}, generation="testnet"`,
    'fra-1 has 2 identities of testnet in the known folders. Which one it uses depends on where it is started; the other one is taken for a node that is gone.',
  ),
  silent('PipeNodeIdentityCrowded', 'one identity', { [FILES]: '1x60' }, '25m'),
  fires(
    'PipeNodeIdentityExposed',
    'the file is open to others',
    { [`pipe_node_identity_file_private{${STATE}}`]: '0x60' },
    '20m',
    STATE,
    '/opt/popcache/.pop_state.json on fra-1 is open to other accounts than its owner. Whoever reads it can be the node.',
  ),
  silent(
    'PipeNodeIdentityExposed',
    'the file is closed',
    { [`pipe_node_identity_file_private{${STATE}}`]: '1x60' },
    '20m',
  ),
  fires(
    'PipeNodeBackupMissing',
    'an identity, and no stamp of a backup for more than a day',
    { [FILES]: '1x400' },
    '26h',
    'job="pipe-inventory", instance="fra-1"',
    'fra-1 has an identity of which no backup was recorded on it. When the machine is lost, so is what the identity has earned.',
    LONG,
  ),
  silent(
    'PipeNodeBackupMissing',
    'there is a backup',
    { [FILES]: '1x400', [BACKUP]: '1000x400' },
    '26h',
    LONG,
  ),
  fires(
    'PipeNodeBackupOld',
    'the identity was written after its backup',
    { [BACKUP]: '1000x400', [WRITTEN]: '4600x400' },
    '26h',
    'job="pipe-inventory", instance="fra-1"',
    'The backup of the identity of fra-1 is 1h 0m 0s older than it should be: than the identity itself, or than today.',
    LONG,
  ),
  silent(
    'PipeNodeBackupOld',
    'a backup of last week, of an identity that has not changed',
    { [BACKUP]: '2000x400', [WRITTEN]: '1000x400' },
    '26h',
    LONG,
  ),
  fires(
    'PipeNodeAuditFailed',
    'a critical check fails',
    { [`pipe_audit_check{${AUDIT}, check="ssh-empty-passwords", severity="critical"}`]: '0x60' },
    '25m',
    `${AUDIT}, check="ssh-empty-passwords"`,
    'fra-1 fails the check ssh-empty-passwords: somebody could get in, become root or take the identity of the node.',
  ),
  silent(
    'PipeNodeAuditFailed',
    'checks that pass, that are remarks, and one that has its own alert',
    {
      [`pipe_audit_check{${AUDIT}, check="ssh-empty-passwords", severity="critical"}`]: '1x60',
      [`pipe_audit_check{${AUDIT}, check="firewall-active", severity="warning"}`]: '0x60',
      [`pipe_audit_check{${AUDIT}, check="identity-files-mode", severity="critical"}`]: '0x60',
    },
    '25m',
  ),
  fires(
    'PipeNodeAuditRemarks',
    'two checks fail for more than an hour',
    {
      [`pipe_audit_check{${AUDIT}, check="firewall-active", severity="warning"}`]: '0x200',
      [`pipe_audit_check{${AUDIT}, check="ssh-password", severity="warning"}`]: '0x200',
    },
    '80m',
    'job="pipe-audit", instance="fra-1"',
    'fra-1 fails 2 checks of severity warning.',
  ),
  silent(
    'PipeNodeAuditRemarks',
    'a check that was mended within the hour',
    { [`pipe_audit_check{${AUDIT}, check="firewall-active", severity="warning"}`]: '0x60 1x140' },
    '80m',
  ),
];
