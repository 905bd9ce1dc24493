// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The stage of scaled endpoints (spec §3.9.1, §3.9.2): tail-called by transit at a service's bouncer. It chooses a backend and sends the
 * packet back to the client's host, which is to make the choice stick; where that is this very droplet, it does so itself. A tail
 * call does not return: what is answered here is final, and the run ends here.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "clock.h"
#include "deliver.h"
#include "exit.h"
#include "flags.h"
#include "forward.h"
#include "hash.h"
#include "inner_ttl.h"
#include "nat.h"
#include "overlay.h"
#include "parse.h"
#include "scaled.h"
#include "shard.h"
#include "switches.h"
#include "tables.h"
#include "trace.h"
#include "verdict.h"
#include "wire.h"

char _license[] SEC("license") = "Dual MIT/GPL";

/* A copy of forward() that does not look at the TOS. */
static __always_inline answer_t forward_inline(struct overlay *frame, const struct host *next, enum reason reason)
{
	struct outer *outer = frame->outer;

	if (rewrite_outer_ip(&outer->ip, next->ip) == 0)
		return drop(REASON_TTL_EXPIRED);
	if (!next->present)
		return drop(REASON_NO_SUBSTRATE);
	rewrite_outer_macs(&outer->eth, next->mac);
	return redirect_nic(reason);
}

/* A copy of change_network() by which nobody is told when the TTL is used up. */
static __always_inline answer_t change_network_inline(struct overlay *frame)
{
	struct ipv4 *ip = (void *)(frame->inner + 1);
	struct rts_option *rts = &frame->outer->rts;

	if (!on(SWITCH_INNER_TTL))
		return CONTINUE;
	if (rts->flags & RTS_ROUTED || (void *)(ip + 1) > (void *)(long)frame->ctx->data_end)
		return CONTINUE;
	if (ip->ttl <= 1)
		return drop(REASON_INNER_TTL_EXPIRED);
	set_inner_ttl(ip, ip->ttl - 1);
	rts->flags |= RTS_ROUTED;
	return CONTINUE;
}

/* The switch function's copy: nothing is learned. */
static __always_inline answer_t switch_inline(struct overlay *frame, const struct endpoint *backend)
{
	struct host *next;
	answer_t answer;

	if (!same_mac(frame->inner->dst, backend->mac)) {
		answer = change_network_inline(frame);
		if (answer != CONTINUE)
			return answer;
	}
	copy_mac(frame->inner->dst, backend->mac);
	if (backend->slot != SLOT_ELSEWHERE)
		return deliver(frame, backend);
	if (backend->type == ENDPOINT_SCALED)
		return drop(REASON_SCALED_BACKEND);
	if (!(backend->flags & ENDPOINT_HAS_REMOTE))
		return drop(REASON_NO_REMOTE);
	next = find_host(backend->host);
	return next ? forward_inline(frame, next, REASON_TO_HOST) : drop(REASON_NO_SUBSTRATE);
}

/* The router function's copy: the direct path is neither used nor learned, and the RTS option stays reset. */
static __always_inline answer_t route_inline(struct overlay *frame, const struct flow *flow)
{
	struct network *network = find_network(frame->vni, flow->dst);
	__u32 hash = hash_pair(flow->src, flow->dst);
	struct list *dividers;
	struct host *next;
	answer_t answer;

	if (network) {
		answer = change_network_inline(frame);
		if (answer != CONTINUE)
			return answer;
		flag_divided(&frame->outer->rts);
		next = pick_host(&network->bouncers, TIER_NETWORK_BOUNCER, hash);
		return next ? forward_inline(frame, next, REASON_NETWORK_TO_BOUNCER) : drop(REASON_EMPTY_LIST);
	}
	dividers = bpf_map_lookup_elem(&vpcs, &frame->vni);
	if (!dividers)
		return drop(REASON_NO_VPC);
	next = pick_host(dividers, TIER_DIVIDER, hash);
	return next ? forward_inline(frame, next, REASON_TO_DIVIDER) : drop(REASON_EMPTY_LIST);
}

/* The connection as it is from the second packet on, with the backend's port. */
static __always_inline void track_inline(struct overlay *frame, const struct flow *flow, const struct nat_value *to)
{
	struct endpoint *client;
	struct flow later = *flow;

	if (!on(SWITCH_SERVICE_REPLIES))
		return;
	client = find_endpoint(frame->vni, flow->src);
	if (!client)
		return;
	if (flow->ports == PORTS_READ) {
		later.src_port_be = to->src_port_be;
		later.dst_port_be = to->dst_port_be;
	}
	track_translated(frame->vni, is_guarded(client), &later);
}

/* The client lives here, so the frame would go to itself. Entries that were stored stay, also when the packet is dropped. */
static __always_inline answer_t modify_inline(struct overlay *frame, void *end, struct flow *flow, const struct nat_value *to)
{
	struct endpoint *backend;

	nat_keep(frame->vni, frame->inner, flow, to);
	/* Upstream leaves the port, so the first packet reaches the backend under the service's (§8.1 P11). */
	nat_rewrite((struct ipv4 *)(frame->inner + 1), end, flow, to, on(SWITCH_INLINE_PORT));
	track_inline(frame, flow, to);
	reset_scaled_option(&frame->outer->scaled);
	backend = find_endpoint(frame->vni, flow->dst);
	return backend ? switch_inline(frame, backend) : route_inline(frame, flow);
}

/* Which protocols services have. */
static __always_inline int is_served(__u8 protocol)
{
	return protocol == IP_PROTOCOL_TCP || protocol == IP_PROTOCOL_UDP || protocol == IP_PROTOCOL_ICMP;
}

/* ARP that transit did not answer is read as IPv4, its sender's MAC for a protocol, unless SWITCH_INNER_TYPE: upstream looks at no inner EtherType. */
static __always_inline answer_t read_arp_as_packet(struct overlay *frame, void *end, struct flow *flow)
{
	struct ipv4 *ip = (struct ipv4 *)(frame->inner + 1);

	if (on(SWITCH_INNER_TYPE))
		return drop(REASON_ARP_UNANSWERED);
	if ((void *)(ip + 1) > end)
		return aborted(REASON_SCALED_SHORT);
	if (!is_served(ip->protocol))
		return drop(REASON_SCALED_PROTOCOL);
	*flow = (struct flow){};
	return read_inner_ipv4(ip, end, frame->inner_bytes - sizeof(struct eth), flow) == CONTINUE ? CONTINUE : aborted(REASON_SCALED_SHORT);
}

/* Anything else transit has read, and checked all there is to check. */
static __always_inline answer_t read_packet(struct overlay *frame, void *end, const struct called_service *called, struct flow *flow)
{
	answer_t answer;

	if (frame->inner->type_be == ETHER_TYPE_ARP_BE) {
		answer = read_arp_as_packet(frame, end, flow);
		if (answer != CONTINUE)
			return answer;
	} else {
		if ((void *)(frame->inner + 1) + sizeof(struct ipv4) > end)
			return aborted(REASON_SCALED_SHORT); /* cannot be */
		*flow = called->flow;
		if (!is_served(flow->protocol))
			return drop(REASON_SCALED_PROTOCOL);
	}
	if (flow->ports == PORTS_LACKING)
		return drop(REASON_INNER_FRAGMENT);
	return CONTINUE;
}

/* Finds the port and a backend for the packet: what its flow becomes. */
static __always_inline answer_t choose_backend(struct overlay *frame, const struct called_service *called, const struct flow *flow, struct nat_value *to)
{
	struct service_port *port = find_service_port(frame->vni, flow->dst, flow->dst_port_be, flow->protocol);
	struct list backends;
	__u32 *picked;

	if (!port)
		return drop(REASON_SCALED_NO_PORT);
	/* ARP's bytes 16 to 19 name another address than the one transit looked up. */
	if (frame->inner->type_be == ETHER_TYPE_ARP_BE)
		return find_endpoint(frame->vni, flow->dst) ? drop(REASON_SCALED_PROTOCOL) : aborted(REASON_SCALED_UNKNOWN);
	read_backends(&called->service, &backends);
	if (backends.count == 0)
		return drop(REASON_SCALED_NO_BACKEND);
	picked = pick_hashed(&backends, TIER_BACKEND, called->hash);
	if (!picked)
		return drop(REASON_SCALED_NO_BACKEND); /* cannot be */
	set_nat_value(to, addresses_word(flow->src, *picked), ports_word(flow->src_port_be, port->target_be, 0), frame->inner->src, frame->inner->dst);
	return CONTINUE;
}

static __always_inline answer_t run_scaled(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct outer *outer = (void *)(long)ctx->data;
	struct overlay frame = { .ctx = ctx, .outer = outer };
	const struct called_service *called = find_called_service();
	struct nat_value to;
	struct flow flow;
	answer_t answer;

	if (!called || (void *)(outer + 1) > end)
		return aborted(REASON_SCALED_SHORT); /* cannot be: transit read them */
	frame.inner = (void *)outer + GENEVE_OPTIONS_AT + option_bytes(outer);
	if ((void *)(frame.inner + 1) > end)
		return aborted(REASON_SCALED_SHORT);
	frame.vni = bpf_ntohl(outer->geneve.vni_reserved) >> 8;
	frame.own_ip = droplet.interface.ip;
	frame.inner_bytes = inner_bytes(&frame, end);
	frame.is_ipv4 = 1;
	answer = read_packet(&frame, end, called, &flow);
	if (answer != CONTINUE)
		return answer;
	answer = choose_backend(&frame, called, &flow, &to);
	if (answer != CONTINUE)
		return answer;
	reset_rts_turned(&outer->rts);
	if (outer->ip.src == outer->ip.dst)
		return modify_inline(&frame, end, &flow, &to);
	write_scaled_option(&outer->scaled, &to);
	return turn_back(outer) ? transmit(REASON_TO_CLIENT_HOST) : drop(REASON_TTL_EXPIRED);
}

SEC("xdp")
int scaled(struct xdp_md *ctx)
{
	return stage_exit(ctx, run_scaled(ctx));
}
