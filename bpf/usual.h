/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The ways nearly every frame goes, in one piece: a plain frame from a trusted peer, of a packet that a bouncer sends on to its host, a host gives to its endpoint,
 * or a divider sends to a bouncer, where nothing else is to be asked: no service, gateway, translation, ICMP error, stage. Sufficient and not necessary: whatever
 * is not so goes by run_transit(), of which this says the same with nothing put together that only the other ways need, and of which `mizarlab fuzz` knows no difference. Nothing is
 * written before it is certain that the frame goes this way.
 */
#ifndef MIZAR_USUAL_H
#define MIZAR_USUAL_H

#include "direct_path.h"
#include "ecn.h"
#include "inner_ttl.h"
#include "networks.h"
#include "plain.h"
#include "route.h"
#include "shard.h"
#include "switches.h"
#include "tables.h"
#include "track.h"
#include "verdict.h"
#include "wire.h"

/* Without any of these the way is another. */
#define USUAL_SWITCHES                                                                                                                \
	(SWITCH_STRICT_PARSING | SWITCH_STANDARD_OPTIONS | SWITCH_CONNECTION_STATE | SWITCH_VNI_IN_NAT_KEYS | SWITCH_INNER_TTL |       \
	 SWITCH_ECN_IS_NO_PRIORITY | SWITCH_LOOP_GUARD | SWITCH_DIRECT_PATH_INVALIDATION | SWITCH_DIRECT_ACROSS_NETWORKS)

/* An arrived frame that is_plain_tunnel() and is_plain_inside() have seen. */
struct usual {
	struct xdp_md *ctx;
	struct encapsulation *head;
	void *end;
	__u64 vni;
	__be32 own_ip;
	__be32 dst;
};

static __always_inline struct eth *usual_inner(const struct usual *frame)
{
	return (void *)(frame->head + 1);
}

/* Out to the next hop, whose MAC is known. */
static __always_inline answer_t forward_usual(const struct usual *frame, const struct host *next, enum reason reason)
{
	struct outer *outer = &frame->head->outer;

	pass_on_ipv4(&outer->ip, frame->own_ip, next->ip);
	rewrite_outer_macs(&outer->eth, next->mac);
	return redirect_nic(reason);
}

/*
 * Whether a packet for an endpoint that is known here needs nobody told: it is addressed to the endpoint, or it has changed network, or can pay for that here.
 */
static __always_inline int may_enter(const struct usual *frame, const struct endpoint *endpoint)
{
	const struct ipv4 *ip = (const void *)(usual_inner(frame) + 1);

	return same_mac(usual_inner(frame)->dst, endpoint->mac) || frame->head->outer.rts.flags & RTS_ROUTED || ip->ttl > 1;
}

/* It does. */
static __always_inline void enter_network(const struct usual *frame, const struct endpoint *endpoint)
{
	struct rts_option *rts = &frame->head->outer.rts;
	struct eth *inner = usual_inner(frame);
	struct ipv4 *ip = (void *)(inner + 1);

	if (same_mac(inner->dst, endpoint->mac))
		return;
	if (!(rts->flags & RTS_ROUTED)) {
		set_inner_ttl(ip, ip->ttl - 1);
		rts->flags |= RTS_ROUTED;
	}
	copy_mac(inner->dst, endpoint->mac);
}

/* A bouncer's: of a plain endpoint elsewhere. */
static __always_inline answer_t bounce(const struct usual *frame, const struct endpoint *endpoint)
{
	struct host *host;

	if (endpoint->type != ENDPOINT_SIMPLE || endpoint->flags != ENDPOINT_HAS_REMOTE || frame->head->outer.rts.flags & RTS_DIRECT)
		return CONTINUE;
	host = find_host(endpoint->host);
	if (!host || !host->present)
		return CONTINUE;
	if (!may_enter(frame, endpoint))
		return CONTINUE;
	enter_network(frame, endpoint);
	return forward_usual(frame, host, REASON_TO_HOST);
}

/*
 * Whether nothing new is learned from the frame: it names no host, or the one that is known, whose entry then is `known`, to be noted as said at `seen`.
 */
static __always_inline int is_sender_known(const struct usual *frame, __be32 src, struct cached_host **known, __u32 *seen)
{
	const struct rts_option *rts = &frame->head->outer.rts;
	struct cached_host sender;

	*known = NULL;
	if (!names_host(rts, frame->own_ip))
		return 1;
	*known = find_direct_path(frame->vni, src);
	if (!*known)
		return 0;
	read_sender(rts, &sender);
	*seen = sender.seen;
	return says_the_same(*known, &sender);
}

/* What an endpoint's row may say besides for its frames to go this way. */
#define USUAL_ENDPOINT_FLAGS (ENDPOINT_HAS_REMOTE | ENDPOINT_HAS_INGRESS_POLICY | ENDPOINT_HAS_EGRESS_POLICY)

/* Whether the endpoint's policy lets the packet in. */
static __always_inline answer_t guard_usual(const struct usual *frame, const struct endpoint *endpoint)
{
	struct flow flow = {};

	if (endpoint->flags == ENDPOINT_HAS_REMOTE)
		return CONTINUE;
	read_plain_flow((const struct ipv4 *)(usual_inner(frame) + 1), frame->end, &flow);
	return guard_entering(&frame->head->outer, frame->end, frame->vni, endpoint, &flow);
}

/* A host's: to its own endpoint, which is behind no function. Whether it goes this way is decided before the guard is asked, who notes what it has seen. */
static __always_inline answer_t hand_over(const struct usual *frame, const struct endpoint *endpoint, __be32 src)
{
	struct outer *outer = &frame->head->outer;
	__s32 slot = endpoint->slot;
	struct cached_host *known;
	answer_t answer;
	__u32 seen;

	if (endpoint->type != ENDPOINT_SIMPLE || endpoint->flags & ~USUAL_ENDPOINT_FLAGS || droplet.nat_in_use)
		return CONTINUE;
	if (outer->ip.tos & ECT_1) /* or CE */
		return CONTINUE;
	if (!may_enter(frame, endpoint))
		return CONTINUE;
	if (!is_sender_known(frame, src, &known, &seen))
		return CONTINUE;
	/* Recorded, policy's packets go the other way: with the guard on both the verifier takes twice as long, and a run of the lab is mostly that. */
	if (recording() != RECORD_NOTHING && endpoint->flags != ENDPOINT_HAS_REMOTE)
		return CONTINUE;
	answer = guard_usual(frame, endpoint);
	if (answer != CONTINUE)
		return answer;
	if (known && known->seen != seen)
		known->seen = seen;
	enter_network(frame, endpoint);
	if (bpf_xdp_adjust_head(frame->ctx, sizeof(*frame->head)))
		return aborted(REASON_SHORT_INNER_ETHERNET); /* cannot be: the inner Ethernet header is there */
	return redirect_endpoint(slot, REASON_DELIVERED);
}

/* A divider's, to a bouncer of the network, that is neither guarded nor another VPC's. */
static __always_inline answer_t divide_usual(const struct usual *frame, const struct list *bouncers, __be32 src)
{
	struct rts_option *rts = &frame->head->outer.rts;
	struct ipv4 *ip = (void *)(usual_inner(frame) + 1);
	__u8 flags = rts->flags, ttl = ip->ttl;
	struct host *host;

	if (!(flags & RTS_ROUTED) && ttl <= 1)
		return CONTINUE;
	host = pick_host(bouncers, TIER_NETWORK_BOUNCER, hash_pair(src, frame->dst));
	if (!host || !host->present)
		return CONTINUE;
	if (!(flags & RTS_ROUTED))
		set_inner_ttl(ip, ttl - 1);
	rts->flags = flags | RTS_ROUTED | RTS_DIVIDED;
	return forward_usual(frame, host, REASON_NETWORK_TO_BOUNCER);
}

/* A bouncer's again, of what is in no network it knows: to a divider, unless it is known where the endpoint is. */
static __always_inline answer_t ask_divider(const struct usual *frame, __be32 src)
{
	__u64 vni = frame->vni; /* a key's address would have all of the frame in memory */
	struct list *list;
	struct host *host;

	if (use_direct_path(vni, frame->dst))
		return CONTINUE;
	list = bpf_map_lookup_elem(&vpcs, &vni);
	host = list ? pick_host(list, TIER_DIVIDER, hash_pair(src, frame->dst)) : NULL;
	return host && host->present ? forward_usual(frame, host, REASON_TO_DIVIDER) : CONTINUE;
}

/* CONTINUE when the frame is none of these; then nothing is done. `endpoint` is its destination's entry, or NULL. */
static __always_inline answer_t go_usual_way(const struct usual *frame, const struct endpoint *endpoint)
{
	const struct outer *outer = &frame->head->outer;
	__be32 src = ((const struct ipv4 *)(usual_inner(frame) + 1))->src;
	struct list *bouncers;
	int unsure;

	if (!all_on(USUAL_SWITCHES) || outer->scaled.message == SCALED_MODIFY || droplet.interface.has_more)
		return CONTINUE;
	if (endpoint)
		return endpoint->slot == SLOT_ELSEWHERE ? bounce(frame, endpoint) : hand_over(frame, endpoint, src);
	if (outer->rts.flags & (RTS_DIRECT | RTS_DIVIDED))
		return CONTINUE;
	bouncers = find_bouncers(frame->vni, frame->dst, &unsure);
	if (unsure)
		return CONTINUE;
	return bouncers ? divide_usual(frame, bouncers, src) : ask_divider(frame, src);
}

#endif
