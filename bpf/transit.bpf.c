// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Transit (spec §3.5 to §3.8): on a droplet's NIC, it sees what arrives from the wire, and what local agents tail-call it with.
 * It bounces, divides, delivers, and answers ARP, as the droplet's tables say.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "clock.h"
#include "encap.h"
#include "exit.h"
#include "nat.h"
#include "parse.h"
#include "peers.h"
#include "route.h"
#include "scaled.h"
#include "switches.h"
#include "tables.h"
#include "trace.h"
#include "track.h"
#include "usual.h"
#include "verdict.h"
#include "wire.h"

char _license[] SEC("license") = "Dual MIT/GPL";

/* Makes the request the target's reply, in place (§3.8 row 3). `dropped` frames have the reply in them too. */
static __always_inline answer_t answer_arp(struct overlay *frame, struct arp *arp, struct endpoint *target)
{
	__be32 sender_ip = load32(arp->sender_ip), target_ip = load32(arp->target_ip);
	struct rts_option *rts = &frame->outer->rts;
	struct host *host;

	arp->opcode_be = ARP_REPLY_BE;
	copy_mac(arp->target_mac, arp->sender_mac);
	copy_mac(arp->sender_mac, target->mac);
	store32(arp->sender_ip, target_ip);
	store32(arp->target_ip, sender_ip);
	copy_mac(frame->inner->src, target->mac);
	if (target->type != ENDPOINT_SIMPLE) {
		reset_rts(rts);
		clear_flags(rts);
		return CONTINUE;
	}
	host = find_host(target->flags & ENDPOINT_HAS_REMOTE ? target->host : HOST_NONE);
	if (!host || !host->present)
		return drop(REASON_NO_SUBSTRATE);
	write_rts_host(rts, host->ip, host->mac);
	clear_flags(rts);
	return CONTINUE;
}

/* Sets the flow and its destination's entry; a request that is answered becomes a flow to the requester. */
static __always_inline answer_t run_arp(struct overlay *frame, void *end, struct flow *flow, struct endpoint **destination)
{
	struct endpoint *target;
	struct arp *arp;
	answer_t answer;

	answer = read_arp(frame->inner + 1, end, frame->inner_bytes - sizeof(struct eth), &arp);
	if (answer != CONTINUE)
		return answer;
	flow->src = load32(arp->sender_ip);
	flow->dst = load32(arp->target_ip);
	if (is_returned(frame->outer)) {
		answer = repair(frame, flow);
		if (answer != CONTINUE)
			return answer;
		*destination = find_endpoint(frame->vni, flow->dst);
		return CONTINUE;
	}
	target = find_endpoint(frame->vni, flow->dst);
	*destination = target;
	if (!target || target->slot != SLOT_ELSEWHERE || arp->opcode_be == ARP_REPLY_BE)
		return CONTINUE;
	answer = answer_arp(frame, arp, target);
	if (answer != CONTINUE)
		return answer;
	flow->src = load32(arp->sender_ip);
	flow->dst = load32(arp->target_ip);
	*destination = find_endpoint(frame->vni, flow->dst);
	return CONTINUE;
}

/* An echo request to a gateway becomes a flow to the requester. */
static __always_inline answer_t ask_gateway(struct overlay *frame, struct flow *flow, struct endpoint **destination)
{
	answer_t answer;

	if (!is_gateway(*destination) && !is_service_ping(frame, *destination, flow))
		return CONTINUE;
	answer = answer_echo(frame, *destination, flow);
	if (answer == CONTINUE) {
		*destination = find_endpoint(frame->vni, flow->dst);
		frame->is_translated = 0;
		frame->is_kept = 0;
	}
	return answer;
}

/* A reply of a service's backend becomes the service's. With SWITCH_VNI_IN_NAT_KEYS only where it is delivered: entries of others are others' affair. */
static __always_inline void translate(struct overlay *frame, void *end, struct flow *flow, struct endpoint **destination)
{
	__be32 dst = flow->dst;

	if (on(SWITCH_VNI_IN_NAT_KEYS) && (!*destination || (*destination)->slot == SLOT_ELSEWHERE))
		return;
	frame->original_src = flow->src;
	frame->is_translated = 1;
	nat_reverse(frame->vni, frame->inner, end, flow);
	frame->is_kept = flow->translated;
	if (flow->dst != dst)
		*destination = find_endpoint(frame->vni, flow->dst);
}

/*
 * Everything inside Geneve that is not ARP is read as IPv4 without SWITCH_INNER_TYPE: upstream tests the outer EtherType (§3.5 row 16). What was read already, of a
 * plain frame, has its flow, and its destination's entry.
 */
static __always_inline answer_t run_ipv4(struct overlay *frame, void *end, struct flow *flow, struct endpoint **destination)
{
	struct endpoint *client;
	answer_t answer;

	if (!frame->is_ipv4) {
		if (on(SWITCH_INNER_TYPE) && frame->inner->type_be != ETHER_TYPE_IPV4_BE)
			return drop(REASON_INNER_TYPE_REFUSED);
		answer = read_inner_ipv4(frame->inner + 1, end, frame->inner_bytes - sizeof(struct eth), flow);
		if (answer != CONTINUE)
			return answer;
		frame->is_ipv4 = 1;
		if (is_returned(frame->outer)) {
			answer = repair(frame, flow);
			if (answer != CONTINUE)
				return answer;
			*destination = find_endpoint(frame->vni, flow->dst);
			return ask_gateway(frame, flow, destination);
		}
		*destination = find_endpoint(frame->vni, flow->dst);
	}
	answer = guard_entering(frame->outer, end, frame->vni, *destination, flow);
	if (answer != CONTINUE)
		return answer;
	client = find_client(frame, flow->src);
	if (client)
		return modify(frame, end, client, flow);
	translate(frame, end, flow, destination);
	return ask_gateway(frame, flow, destination);
}

/*
 * A frame of one of ours that goes no usual way. `read`: it is plain, and `destination` its packet's destination's entry. The frame's begin and end are asked for
 * anew, for what is kept from before takes stack that calls from here need.
 */
static __always_inline answer_t run_unusual(struct xdp_md *ctx, int read, struct endpoint *destination)
{
	struct overlay frame = { .ctx = ctx, .outer = (void *)(long)ctx->data, .own_ip = droplet.interface.ip, .is_ipv4 = read };
	void *end = (void *)(long)ctx->data_end;
	struct flow flow = {};
	answer_t answer;

	if ((void *)(frame.outer + 1) > end)
		return aborted(REASON_SHORT_GENEVE); /* cannot be: it was read */
	frame.inner = (void *)frame.outer + GENEVE_OPTIONS_AT + option_bytes(frame.outer);
	if ((void *)(frame.inner + 1) + (read ? sizeof(struct ipv4) + UDP_BYTES : 0) > end)
		return aborted(REASON_SHORT_INNER_ETHERNET);
	frame.vni = bpf_ntohl(load32(&frame.outer->geneve.vni_reserved)) >> 8;
	frame.inner_bytes = inner_bytes(&frame, end);
	if (read)
		read_plain_flow((void *)(frame.inner + 1), end, &flow);
	if (!read && frame.inner->type_be == ETHER_TYPE_ARP_BE)
		answer = run_arp(&frame, end, &flow, &destination);
	else
		answer = run_ipv4(&frame, end, &flow, &destination);
	if (answer != CONTINUE)
		return answer;
	return send_on(&frame, destination, &flow);
}

/* Underlay and Geneve, by one check after the other: CONTINUE for a frame of ours, whose options are whole. Out of the way: most frames are plain. */
static __noinline answer_t walk_tunnel(struct outer *outer, void *end, __be32 own_ip)
{
	answer_t answer = read_underlay(outer, end, own_ip);

	return answer == CONTINUE ? read_geneve(outer, end) : answer;
}

static __always_inline answer_t run_transit(struct xdp_md *ctx)
{
	struct usual usual = { .ctx = ctx, .head = (void *)(long)ctx->data, .end = (void *)(long)ctx->data_end, .own_ip = droplet.interface.ip };
	struct outer *outer = &usual.head->outer;
	struct endpoint *destination = NULL;
	__u64 bytes = frame_bytes(ctx);
	answer_t answer;
	int plain = plain_is_asked() && is_plain_tunnel(usual.head, usual.end, bytes, usual.own_ip);

	if (!plain) {
		answer = walk_tunnel(outer, usual.end, usual.own_ip);
		if (answer != CONTINUE)
			return answer;
	}
	if (on(SWITCH_TRUSTED_PEERS) && !is_trusted_peer(ctx, load32(&outer->ip.src), usual.own_ip))
		return drop(REASON_UNTRUSTED_PEER);
	plain = plain && is_plain_inside(usual.head, usual.end, bytes);
	barrier_var(plain); /* decided here, not at each of the checks */
	if (plain) {
		usual.vni = bpf_ntohl(load32(&outer->geneve.vni_reserved)) >> 8;
		usual.dst = ((const struct ipv4 *)(usual_inner(&usual) + 1))->dst;
		destination = find_endpoint(usual.vni, usual.dst);
		answer = go_usual_way(&usual, destination);
		if (answer != CONTINUE)
			return answer;
	}
	barrier();
	return run_unusual(ctx, plain, destination);
}

SEC("xdp")
int transit(struct xdp_md *ctx)
{
	run_begin(ctx, PROGRAM_TRANSIT);
	return transit_exit(ctx, run_transit(ctx));
}
