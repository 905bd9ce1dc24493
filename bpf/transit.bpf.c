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
#include "parse.h"
#include "nat.h"
#include "route.h"
#include "scaled.h"
#include "switches.h"
#include "tables.h"
#include "trace.h"
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
		return CONTINUE;
	}
	host = find_host(target->flags & ENDPOINT_HAS_REMOTE ? target->host : HOST_NONE);
	if (!host || !host->present)
		return drop(REASON_NO_SUBSTRATE);
	write_rts_host(rts, host->ip, host->mac);
	return CONTINUE;
}

/* What the flow is sent on by: its destination's entry, or NULL, and the source its host learns under. */
struct way {
	struct endpoint *destination;
	__be32 original;
};

/* Sets the flow and its way; a request that is answered becomes a flow to the requester. */
static __always_inline answer_t run_arp(struct overlay *frame, void *end, struct flow *flow, struct way *way)
{
	struct endpoint *target;
	struct arp *arp;
	answer_t answer;

	answer = read_arp(frame->inner + 1, end, &arp);
	if (answer != CONTINUE)
		return answer;
	flow->src = load32(arp->sender_ip);
	flow->dst = load32(arp->target_ip);
	target = find_endpoint(frame->vni, flow->dst);
	way->destination = target;
	way->original = flow->src;
	if (!target || target->slot != SLOT_ELSEWHERE || arp->opcode_be == ARP_REPLY_BE)
		return CONTINUE;
	answer = answer_arp(frame, arp, target);
	if (answer != CONTINUE)
		return answer;
	flow->src = load32(arp->sender_ip);
	flow->dst = load32(arp->target_ip);
	way->destination = find_endpoint(frame->vni, flow->dst);
	way->original = flow->src;
	return CONTINUE;
}

/* Everything inside Geneve that is not ARP is read as IPv4: upstream tests the outer EtherType (§3.5 row 16). */
static __always_inline answer_t run_ipv4(struct overlay *frame, void *end, struct flow *flow, struct way *way)
{
	answer_t answer;

	answer = read_inner_ipv4(frame->inner + 1, end, flow);
	if (answer != CONTINUE)
		return answer;
	way->original = flow->src;
	if (modify_is_for_us(frame->outer, frame->vni, flow->src))
		return modify(frame->outer, frame->inner, end, frame->vni, flow, frame->nic_slot);
	nat_reverse(frame->vni, frame->inner, end, flow);
	way->destination = find_endpoint(frame->vni, flow->dst);
	return CONTINUE;
}

static __always_inline answer_t run_transit(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct outer *outer = (void *)(long)ctx->data;
	struct overlay frame = { .ctx = ctx, .outer = outer };
	struct way way = {};
	struct interface_config *self;
	struct flow flow = {};
	answer_t answer;
	__u32 zero = 0;

	self = bpf_map_lookup_elem(&interface, &zero);
	if (!self)
		return aborted(REASON_NONE); /* cannot be: an ARRAY */
	answer = read_underlay(outer, end, self->ip);
	if (answer != CONTINUE)
		return answer;
	answer = read_geneve(outer, end);
	if (answer != CONTINUE)
		return answer;
	frame.inner = (void *)outer + GENEVE_OPTIONS_AT + option_bytes(outer);
	if ((void *)(frame.inner + 1) > end)
		return aborted(REASON_SHORT_INNER_ETHERNET);
	frame.vni = bpf_ntohl(outer->geneve.vni_reserved) >> 8;
	frame.nic_slot = self->slot;
	if (frame.inner->type_be == ETHER_TYPE_ARP_BE)
		answer = run_arp(&frame, end, &flow, &way);
	else
		answer = run_ipv4(&frame, end, &flow, &way);
	if (answer != CONTINUE)
		return answer;
	return send_on(&frame, way.destination, &flow, way.original);
}

SEC("xdp")
int transit(struct xdp_md *ctx)
{
	run_begin(ctx, PROGRAM_TRANSIT);
	return transit_exit(ctx, run_transit(ctx));
}
