/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The two functions of transit (spec §3.6): the switch function, which knows endpoints (a host's own, a bouncer's), and the
 * router function, which knows networks and VPCs (a divider's, a bouncer's). A droplet is what its tables make it.
 */
#ifndef MIZAR_ROUTE_H
#define MIZAR_ROUTE_H

#include "ecn.h"
#include "encap.h"
#include "hash.h"
#include "parse.h"
#include "scaled.h"
#include "shard.h"
#include "tables.h"
#include "trace.h"
#include "verdict.h"
#include "wire.h"

/* A Geneve frame under way through transit. The pointers hold until its length changes. */
struct overlay {
	struct xdp_md *ctx;
	struct outer *outer;
	struct eth *inner;
	__u64 vni;
	__s32 nic_slot;
};

static __always_inline int same_host(const struct cached_host *a, const struct cached_host *b)
{
	return a->ip == b->ip && same_mac(a->mac, b->mac) && a->crosses == b->crosses;
}

/*
 * Remembers which host the source is at (§3.7): only from a set RTS option, and never for an endpoint that is known here.
 * Upstream writes the entry with every frame, some 150 ns. When it says so already nothing is written, and then it does not
 * matter either who is known here.
 */
static __always_inline void learn_direct_path(struct overlay *frame, __be32 src)
{
	struct endpoint_key key = { .vni = frame->vni, .ip = src };
	struct rts_option *rts = &frame->outer->rts;
	struct cached_host learned = {}, *known;

	if (rts->head.type != OPTION_RTS)
		return;
	learned.ip = load32(rts->host_ip);
	copy_mac(learned.mac, rts->host_mac);
	known = bpf_map_lookup_elem(&direct_path, &key);
	if (known && same_host(known, &learned))
		return;
	if (bpf_map_lookup_elem(&endpoints, &key))
		return;
	if (bpf_map_update_elem(&direct_path, &key, &learned, BPF_ANY) == 0)
		run_changed(CHANGED_DIRECT_PATH, &key, &learned);
}

/* The outer addresses become ours and the next hop's, the TTL one less. */
static __always_inline void rewrite_outer_ip(struct ipv4 *ip, __be32 next)
{
	ip->src = ip->dst;
	ip->dst = next;
	ip->ttl--;
	checksum_ipv4(ip);
}

static __always_inline void rewrite_outer_macs(struct eth *eth, const __u8 *next)
{
	copy_mac(eth->src, eth->dst);
	copy_mac(eth->dst, next);
}

/* Sends the frame on to a host whose MAC must be known. Dropped frames have been changed as far as upstream changes them. */
static __always_inline answer_t forward(struct overlay *frame, const struct host *next, enum reason reason)
{
	struct outer *outer = frame->outer;

	rewrite_outer_ip(&outer->ip, next->ip);
	if (outer->ip.ttl == 0)
		return drop(REASON_TTL_EXPIRED);
	if (!next->present)
		return drop(REASON_NO_SUBSTRATE);
	rewrite_outer_macs(&outer->eth, next->mac);
	if (outer->ip.tos & TOS_LOW_PRIORITY)
		return pass(REASON_LOW_PRIORITY);
	return redirect_nic(frame->nic_slot, reason);
}

/* Sends the frame to a cached host. Upstream looks at the TTL before it takes one off, so a frame may leave with 0 (§3.6 router 3). */
static __always_inline answer_t forward_cached(struct overlay *frame, const struct cached_host *host)
{
	rewrite_outer_ip(&frame->outer->ip, host->ip);
	rewrite_outer_macs(&frame->outer->eth, host->mac);
	return redirect_nic(frame->nic_slot, REASON_DIRECT_PATH);
}

/* Finds the next hop of a frame for an endpoint that is not known here: CONTINUE when forward() is to send it there. */
static __always_inline answer_t route(struct overlay *frame, const struct flow *flow, struct host **next, enum reason *reason)
{
	struct network_key key = { .prefix_length = NETWORK_LOOKUP_BITS, .vni = frame->vni, .ip = flow->dst };
	struct network *network = bpf_map_lookup_elem(&networks, &key);
	struct cached_host *cached = find_direct_path(frame->vni, flow->dst), host;
	struct outer *outer = frame->outer;
	__u32 hash = hash_pair(flow->src, flow->dst);
	struct list *list;

	if (cached)
		host = *cached; /* learning may overwrite the entry, and upstream goes by what it said before */
	if (network) {
		learn_direct_path(frame, flow->src);
		write_rts_host(&outer->rts, outer->ip.dst, outer->eth.dst);
	}
	if (cached)
		return forward_cached(frame, &host);
	if (network) {
		*next = pick_host(&network->bouncers, TIER_NETWORK_BOUNCER, hash);
		*reason = REASON_NETWORK_TO_BOUNCER;
	} else {
		list = bpf_map_lookup_elem(&vpcs, &frame->vni);
		if (!list)
			return drop(REASON_NO_VPC);
		*next = pick_host(list, TIER_DIVIDER, hash);
		*reason = REASON_TO_DIVIDER;
	}
	if (!*next)
		return drop(REASON_EMPTY_LIST);
	return CONTINUE;
}

/* Takes the outer headers off; Ethernet to Geneve's last option. The frame's pointers are stale afterwards. */
static __always_inline answer_t deliver(struct overlay *frame, __s32 slot)
{
	int bytes = GENEVE_OPTIONS_AT + option_bytes(frame->outer);
	answer_t answer;

	if (on(SWITCH_CARRY_ECN_DF)) {
		answer = join_ecn(frame->outer->ip.tos, frame->inner, (void *)(long)frame->ctx->data_end);
		if (answer != CONTINUE)
			return answer;
	}
	if (bpf_xdp_adjust_head(frame->ctx, bytes))
		return aborted(REASON_SHORT_INNER_ETHERNET); /* cannot be: the inner Ethernet header is there */
	return redirect_endpoint(slot, REASON_DELIVERED);
}

/* Goes by the destination's entry: CONTINUE when forward() is to send the frame to its host. */
static __always_inline answer_t switch_to(struct overlay *frame, const struct endpoint *endpoint, __be32 src, struct host **next)
{
	copy_mac(frame->inner->dst, endpoint->mac);
	if (endpoint->slot != SLOT_ELSEWHERE) {
		learn_direct_path(frame, src);
		return deliver(frame, endpoint->slot);
	}
	if (endpoint->type == ENDPOINT_SCALED) {
		run_staged(drop(REASON_NO_SCALED_STAGE));
		bpf_tail_call(frame->ctx, &jump, JUMP_SCALED);
		return drop(REASON_NO_SCALED_STAGE);
	}
	if (!(endpoint->flags & ENDPOINT_HAS_REMOTE))
		return drop(REASON_NO_REMOTE);
	*next = find_host(endpoint->host);
	return *next ? CONTINUE : drop(REASON_NO_SUBSTRATE);
}

/* The way back: what a scaled endpoint's bouncer asks of the client's host is routed to the packet's source. */
static __always_inline void exchange_addresses(struct flow *flow)
{
	__be32 src = flow->src;

	flow->src = flow->dst;
	flow->dst = src;
}

/* `endpoint` is the entry of the flow's destination, or NULL; `original` the source before reverse NAT, which the destination's host learns under. */
static __always_inline answer_t send_on(struct overlay *frame, const struct endpoint *endpoint, struct flow *flow, __be32 original)
{
	enum reason reason = REASON_TO_HOST;
	answer_t answer;
	struct host *next = NULL;

	if (!endpoint && asks_to_modify(frame->outer))
		exchange_addresses(flow);
	answer = endpoint ? switch_to(frame, endpoint, original, &next) : route(frame, flow, &next, &reason);
	if (answer != CONTINUE)
		return answer;
	return forward(frame, next, reason);
}

#endif
