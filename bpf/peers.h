/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The droplets this one takes tunnelled frames from, and which of them are unhealthy. Upstream takes them from any machine that reaches its UDP port
 * (spec §8.1 P2), and knows nothing of anybody's health (P4).
 */
#ifndef MIZAR_PEERS_H
#define MIZAR_PEERS_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "agents.h"
#include "switches.h"
#include "tables.h"

#ifndef PEER_BUCKETS
#define PEER_BUCKETS 16384
#endif
#ifndef PEERS_MORE_MAX
#define PEERS_MORE_MAX 4096
#endif

enum peer_state {
	PEER_HEALTHY = 1,
	PEER_UNHEALTHY = 2, /* trusted, but nothing is sent to it by direct path */
};

/* What a peer's row has. */
struct peer {
	__u32 state; /* enum peer_state */
	__u32 pad[3];
};

/* A flat table (flat.h) under VNI 0, and what stands beside it. */
WHOLE_TABLE(peers, struct flat_bucket, PEER_BUCKETS);

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, PEERS_MORE_MAX);
	__type(key, struct endpoint_key);
	__type(value, __u32); /* the row's place */
} peers_more SEC(".maps");

/* Where its row stands (flat.h). */
__attribute__((noinline)) __u32 find_peer_place(__u32 ip)
{
	struct endpoint_key key = { .ip = ip };
	__u32 place, *behind;
	int beside;

	place = flat_search_surely(&peers, FLAT_PEERS, settings.peer_mask, 0, ip | FLAT_USED, &beside);
	if (place != FLAT_NONE || !beside)
		return place;
	behind = bpf_map_lookup_elem(&peers_more, &key);
	return behind ? *behind : FLAT_NONE;
}

static __always_inline struct peer *find_peer(__be32 ip)
{
	struct peer *near;
	int elsewhere;

	count_lookup(1);
	near = flat_near(&peers, FLAT_PEERS, settings.peer_mask, 0, ip | FLAT_USED, &elsewhere);
	return elsewhere ? flat_value(&peers, settings.peer_last, find_peer_place(ip)) : near;
}

/* Our own address is a peer's only when an agent of ours handed the frame over; from the wire it is somebody else's lie. */
static __always_inline int is_trusted_peer(struct xdp_md *ctx, __be32 ip, __be32 own)
{
	const struct agent *agent;

	if (ip != own)
		return find_peer(ip) != NULL;
	agent = find_agent_of(ctx->ingress_ifindex);
	return agent && is_programmed(agent);
}

/* Nobody looks at peers while none of them is unhealthy. */
static __always_inline int is_unhealthy_peer(__be32 ip)
{
	struct peer *peer;

	if (!droplet.interface.has_unhealthy_peers)
		return 0;
	peer = find_peer(ip);
	return peer && peer->state == PEER_UNHEALTHY;
}

#endif
