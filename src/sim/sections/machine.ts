import { type Files, remembered } from './renderer.js';

const CPU = '/sys/devices/system/cpu';
const CLOCK = '/sys/devices/system/clocksource/clocksource0';
const DMI = '/sys/class/dmi/id';
const KERNEL = '/proc/sys/kernel';

const cpuList = (_: unknown, { cores }: { readonly cores: number }): string => `0-${cores - 1}\n`;
/** Threads that the kernel allows by default: their stacks may take an eighth of the memory. */
const threadsMax = remembered((memoryBytes: number) => `${Math.floor(memoryBytes / 8 / 16_384)}\n`);

/** Files that say what the machine is and what its kernel allows: a small virtual server with Ubuntu 24.04. */
export const machine: Files = {
  [`${CPU}/present`]: cpuList,
  [`${CPU}/online`]: cpuList,
  [`${CPU}/isolated`]: '\n',
  [`${CLOCK}/available_clocksource`]: 'kvm-clock tsc acpi_pm \n',
  [`${CLOCK}/current_clocksource`]: 'kvm-clock\n',
  [`${DMI}/bios_date`]: '04/01/2014\n',
  [`${DMI}/bios_release`]: '0.0\n',
  [`${DMI}/bios_vendor`]: 'SeaBIOS\n',
  [`${DMI}/bios_version`]: '1.16.2-debian-1.16.2-1\n',
  [`${DMI}/chassis_asset_tag`]: '\n',
  [`${DMI}/chassis_vendor`]: 'QEMU\n',
  [`${DMI}/chassis_version`]: 'pc-i440fx-8.2\n',
  [`${DMI}/product_family`]: 'Simulated\n',
  [`${DMI}/product_name`]: 'Standard PC (i440FX + PIIX, 1996)\n',
  [`${DMI}/product_version`]: 'pc-i440fx-8.2\n',
  [`${DMI}/sys_vendor`]: 'QEMU\n',
  [`${KERNEL}/pid_max`]: '4194304\n',
  [`${KERNEL}/threads-max`]: (_, { memoryBytes }) => threadsMax(memoryBytes),
  [`${KERNEL}/random/entropy_avail`]: '256\n',
  [`${KERNEL}/random/poolsize`]: '256\n',
  '/proc/sys/fs/file-nr': ({ network }) => `${1_376 + network.connections}\t0\t9223372036854775807\n`,
  // Without selinuxfs: Ubuntu's kernel leaves SELinux off.
  '/proc/filesystems':
    'nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\tcgroup2\nnodev\tsecurityfs\n\text4\n\tvfat\n',
  '/proc/self/attr/current': 'unconfined\n',
  '/proc/net/arp': `IP address       HW type     Flags       HW address            Mask     Device
198.51.100.1     0x1         0x2         02:00:5e:10:00:01     *        eth0
`,
  '/etc/os-release': `PRETTY_NAME="Ubuntu 24.04.3 LTS (simulated)"
NAME="Ubuntu"
VERSION_ID="24.04"
VERSION="24.04.3 LTS (Noble Numbat)"
VERSION_CODENAME=noble
ID=ubuntu
ID_LIKE=debian
UBUNTU_CODENAME=noble
`,
};
