/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The two functions of transit (spec §3.6): the switch function, which knows endpoints (a host's own, a bouncer's), and the
 * router function, which knows networks and VPCs (a divider's, a bouncer's). A droplet is what its tables make it.
 */
#ifndef MIZAR_ROUTE_H
#define MIZAR_ROUTE_H

#include "deliver.h"
#include "direct_path.h"
#include "encap.h"
#include "flags.h"
#include "forward.h"
#include "gateway.h"
#include "hash.h"
#include "icmp.h"
#include "inner_ttl.h"
#include "nacl.h"
#include "outside.h"
#include "overlay.h"
#include "parse.h"
#include "peer.h"
#include "returned.h"
#include "scaled.h"
#include "shard.h"
#include "tables.h"
#include "trace.h"
#include "verdict.h"
#include "wire.h"

/*
 * The packet changes network here, if it has not yet and is one of IPv4: CONTINUE, or what became of it when its TTL is used up. The inner header is
 * looked at again: the program knows it whole.
 */
static __always_inline answer_t change_network(struct overlay *frame)
{
	struct ipv4 *ip = (void *)(frame->inner + 1);
	struct rts_option *rts = &frame->outer->rts;

	if (!on(SWITCH_INNER_TTL))
		return CONTINUE;
	if (!frame->is_ipv4 || rts->flags & RTS_ROUTED || (void *)(ip + 1) > (void *)(long)frame->ctx->data_end)
		return CONTINUE;
	if (ip->ttl <= 1)
		return transit_time_exceeded(frame);
	set_inner_ttl(ip, ip->ttl - 1);
	rts->flags |= RTS_ROUTED;
	return CONTINUE;
}

/* What a divider does to a frame whether or not it knows the host. The lookup of the cache precedes the learning, which may overwrite the entry. */
static __always_inline void divide(struct overlay *frame, const struct flow *flow, int direct)
{
	struct outer *outer = frame->outer;

	if (!direct) {
		learn_direct_path(frame, flow->src);
		write_rts_host(&outer->rts, outer->ip.dst, outer->eth.dst);
		flag_substituted(&outer->rts);
	}
	flag_divided(&outer->rts);
}

/* Finds the next hop of a frame for an endpoint that is not known here: CONTINUE when forward() is to send it there. */
static __always_inline answer_t route(struct overlay *frame, const struct flow *flow, struct host **next, enum reason *reason)
{
	struct network *network = find_network(frame->vni, flow->dst);
	struct cached_host *cached = NULL, host = {};
	int direct = 0; /* the hosts of the two endpoints are to learn of each other, and the divider to stay out of it */
	__u32 hash = hash_pair(flow->src, flow->dst);
	struct list *list;
	answer_t answer;

	if (network) {
		if (network->guarded && !nacl_allows(frame, flow))
			return drop(REASON_NACL_DENIED);
		answer = change_network(frame);
		if (answer != CONTINUE)
			return answer;
		direct = on(SWITCH_DIRECT_ACROSS_NETWORKS) && !network->guarded;
	}
	if (!direct)
		cached = use_direct_path(vni_there(frame, network), flow->dst);
	if (cached)
		host = *cached;
	if (network) {
		divide(frame, flow, direct);
		enter_vpc(frame, vni_there(frame, network));
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

/* What was sent to a divider in the destination's stead has come to the right place; ARP is not sent to dividers. */
static __always_inline int is_divided_here(struct overlay *frame, __be32 dst)
{
	return frame->is_ipv4 && find_network(frame->vni, dst);
}

/*
 * An endpoint that is not known here: CONTINUE when it is to be routed. Upstream always asks a divider, which asks a bouncer, which asks a divider,
 * until the outer TTL is used up (§8.1 P3, P32).
 */
static __always_inline answer_t miss(struct overlay *frame, const struct flow *flow)
{
	struct rts_option *rts = &frame->outer->rts;
	answer_t answer;

	if (on(SWITCH_DIRECT_PATH_INVALIDATION) && rts->flags & RTS_DIRECT && rts->head.type == OPTION_RTS &&
	    !(on(SWITCH_STANDARD_OPTIONS) && load32(rts->host_ip) == 0) && !is_divided_here(frame, flow->dst)) {
		if (frame->outer->ip.src != frame->own_ip)
			return send_back(frame);
		answer = repair(frame, flow); /* our own endpoint's frame, which came by no wire */
		if (answer != CONTINUE)
			return answer;
	}
	if (on(SWITCH_LOOP_GUARD) && rts->flags & RTS_DIVIDED)
		return drop(REASON_UNKNOWN_ENDPOINT);
	/* ARP never leaves its network, whose bouncers know all of it. */
	if (on(SWITCH_ARP_SUPPRESSION) && !frame->is_ipv4)
		return drop(REASON_ARP_UNANSWERED);
	return CONTINUE;
}

/* The stage of scaled endpoints. Comes back when none is loaded. */
static __always_inline void call_service(struct overlay *frame, const struct endpoint *service, const struct flow *flow)
{
	struct called_service *called = find_called_service();

	if (called) {
		called->hash = hash_for(TIER_BACKEND, hash_pair(flow->src, flow->src_port_be));
		called->service = *service;
		called->flow = *flow;
	}
	run_staged(drop(REASON_NO_SCALED_STAGE));
	bpf_tail_call(frame->ctx, &jump, JUMP_SCALED);
}

/* Goes by the destination's entry: CONTINUE when forward() is to send the frame to its host. */
static __always_inline answer_t switch_to(struct overlay *frame, const struct endpoint *endpoint, __be32 src, const struct flow *flow, struct host **next)
{
	answer_t answer;

	if (is_gateway(endpoint))
		return drop(REASON_NO_REMOTE); /* what it answers has become a flow to the requester */
	if (on(SWITCH_INNER_TTL) && !same_mac(frame->inner->dst, endpoint->mac)) {
		answer = change_network(frame);
		if (answer != CONTINUE)
			return answer;
	}
	copy_mac(frame->inner->dst, endpoint->mac);
	if (endpoint->slot != SLOT_ELSEWHERE) {
		learn_direct_path(frame, src);
		return deliver(frame, endpoint);
	}
	if (endpoint->type == ENDPOINT_SCALED) {
		call_service(frame, endpoint, flow);
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

/*
 * The client's bouncer knows where the client is. Upstream's does not look: its divider does, from the cache, and where that is empty or not used the
 * frame goes round (§3.9.4).
 */
static __always_inline struct host *find_clients_host(struct overlay *frame, __be32 ip)
{
	struct endpoint *client;

	if (!on(SWITCH_LOOP_GUARD | SWITCH_DIRECT_ACROSS_NETWORKS))
		return NULL;
	client = find_endpoint(frame->vni, ip);
	if (!client || client->slot != SLOT_ELSEWHERE || client->type == ENDPOINT_SCALED || !(client->flags & ENDPOINT_HAS_REMOTE))
		return NULL;
	return find_host(client->host);
}

/* A packet leaves its VPC here. */
static __always_inline answer_t leave_vpc(struct overlay *frame, const struct flow *flow)
{
	struct translator *translator = find_translator(frame->vni);
	struct endpoint *outside;
	answer_t answer;

	if (!translator)
		return drop(REASON_NO_TRANSLATION);
	outside = find_endpoint(frame->vni, translator->endpoint);
	if (!outside || outside->slot == SLOT_ELSEWHERE)
		return drop(REASON_NO_REMOTE);
	answer = change_network(frame);
	if (answer != CONTINUE)
		return answer;
	answer = translate_out(frame->ctx, GENEVE_OPTIONS_AT + option_bytes(frame->outer) + sizeof(struct eth), frame->vni, flow, translator);
	if (answer != CONTINUE)
		return answer;
	copy_mac(frame->inner->dst, outside->mac);
	learn_direct_path(frame, frame->is_translated ? frame->original_src : flow->src);
	return deliver(frame, outside);
}

/* `endpoint` is the entry of the flow's destination, or NULL. */
static __always_inline answer_t send_on(struct overlay *frame, const struct endpoint *endpoint, struct flow *flow)
{
	enum reason reason = REASON_TO_HOST;
	answer_t answer;
	struct host *next = NULL;

	if (!is_gateway(endpoint) && is_for_outside(frame, endpoint, flow)) /* to a gateway goes nothing but what it answers, and that is done */
		return leave_vpc(frame, flow);
	if (endpoint) {
		answer = switch_to(frame, endpoint, frame->is_translated ? frame->original_src : flow->src, flow, &next);
	} else {
		if (asks_to_modify(frame->outer)) {
			exchange_addresses(flow);
			next = find_clients_host(frame, flow->dst);
			if (next)
				return forward(frame, next, reason);
		}
		answer = miss(frame, flow);
		if (answer == CONTINUE)
			answer = route(frame, flow, &next, &reason);
	}
	if (answer != CONTINUE)
		return answer;
	return forward(frame, next, reason);
}

#endif
