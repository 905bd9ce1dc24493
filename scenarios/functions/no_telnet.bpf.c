// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A function as a user of the lab writes one: at the droplet it is put on, TCP to port 23 goes no further, and packets are counted by VNI.
 * no_telnet.yaml beside it runs it.
 */
#include "function.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} packets_by_vni SEC(".maps");

static __always_inline void count(__u32 vni)
{
	__u64 one = 1, *packets = bpf_map_lookup_elem(&packets_by_vni, &vni);

	if (packets)
		__sync_fetch_and_add(packets, 1);
	else
		bpf_map_update_elem(&packets_by_vni, &vni, &one, BPF_ANY);
}

MIZAR_FUNCTION(no_telnet)
{
	struct carried carried;

	if (!read_carried(ctx, &carried))
		return XDP_REDIRECT;
	if (carried.tunnelled)
		count(carried.vni);
	if (carried.protocol == IP_PROTOCOL_TCP && carried.dport_be == bpf_htons(23))
		return XDP_DROP;
	return XDP_REDIRECT;
}
