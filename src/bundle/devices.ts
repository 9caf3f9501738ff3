/**
 * Pattern of the interfaces whose bytes pass another interface too: bonds, VLANs, bridges, tunnels, those of containers.
 * Escaped for a PromQL string.
 */
export const COUNTED_TWICE = String.raw`lo|.+\\..+|bond.*|team.*|br-.*|br\\d.*|virbr.*|vmbr.*|docker.*|veth.*|vnet.*|tun.*|tap.*|wg.*|tailscale.*|vxlan.*|fw(br|pr|ln).*|cni.*|cali.*|flannel.*|cilium.*|lxc.*|lxd.*|ifb.*|dummy.*`;

/** Pattern of file systems that are not on a disk or can never be written. */
export const NOT_FILLABLE = 'tmpfs|ramfs|squashfs|iso9660|erofs';
