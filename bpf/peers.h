/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The droplets this one takes tunnelled frames from, and which of them are unhealthy. Upstream takes them from any machine that reaches its UDP port
 * (spec §8.1 P2), and knows nothing of anybody's health (P4).
 */
#ifndef MIZAR_PEERS_H
#define MIZAR_PEERS_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "switches.h"
#include "tables.h"

#ifndef PEERS_MAX
#define PEERS_MAX 16384
#endif

enum peer_state {
	PEER_HEALTHY = 1,
	PEER_UNHEALTHY = 2, /* trusted, but nothing is sent to it by direct path */
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, PEERS_MAX);
	__type(key, __be32);
	__type(value, __u32); /* enum peer_state */
} peers SEC(".maps");

static __always_inline __u32 *find_peer(__be32 ip)
{
	return bpf_map_lookup_elem(&peers, &ip);
}

/* Our own address is a peer's only when an agent of ours handed the frame over; from the wire it is somebody else's lie. */
static __always_inline int is_trusted_peer(struct xdp_md *ctx, __be32 ip, __be32 own)
{
	__u32 ifindex;

	if (ip != own)
		return find_peer(ip) != NULL;
	ifindex = ctx->ingress_ifindex;
	return bpf_map_lookup_elem(&agents, &ifindex) != NULL;
}

/* Nobody looks at peers while none of them is unhealthy. */
static __always_inline int is_unhealthy_peer(__be32 ip)
{
	struct interface_config *self;
	__u32 zero = 0, *state;

	self = bpf_map_lookup_elem(&interface, &zero);
	if (!self || !self->has_unhealthy_peers)
		return 0;
	state = find_peer(ip);
	return state && *state == PEER_UNHEALTHY;
}

#endif
