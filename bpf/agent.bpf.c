// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The agent (spec §3.2 to §3.4): on the host's side of an endpoint's interface, it sees what leaves the endpoint, puts it into
 * Geneve and sends it to the endpoint's host, when the direct path is known, or to a bouncer of its network. One program serves
 * every endpoint of a droplet and knows them by the interface a frame came in by.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "agents.h"
#include "bucket.h"
#include "class.h"
#include "clock.h"
#include "encap.h"
#include "exit.h"
#include "frame.h"
#include "hash.h"
#include "hop.h"
#include "icmp.h"
#include "nat.h"
#include "outside.h"
#include "parse.h"
#include "proxied.h"
#include "source.h"
#include "straight.h"
#include "switches.h"
#include "tables.h"
#include "trace.h"
#include "track.h"
#include "verdict.h"
#include "wire.h"

char _license[] SEC("license") = "Dual MIT/GPL";

static __always_inline answer_t read_arp_frame(struct eth *eth, void *end, const struct agent *agent, struct flow *flow)
{
	struct arp *arp;
	answer_t answer;

	answer = read_arp(eth + 1, end, end - (void *)(eth + 1), &arp);
	if (answer != CONTINUE)
		return answer;
	flow->src = load32(arp->sender_ip);
	flow->dst = load32(arp->target_ip);
	flow->ttl = ARP_TTL;
	flow->arp = 1;
	if (on(SWITCH_SOURCE_VALIDATION) && !is_own_arp(agent, eth, arp))
		return drop(REASON_SPOOFED_SOURCE);
	/* A probe or an announcement: addresses are assigned, nobody need be asked, and the answer could not be delivered (§3.8). */
	if (on(SWITCH_ARP_SUPPRESSION) && (flow->src == 0 || flow->src == flow->dst))
		return drop(REASON_ARP_UNANSWERED);
	return CONTINUE;
}

static __always_inline answer_t read_ipv4_frame(struct xdp_md *ctx, struct eth *eth, void *end, const struct agent *agent, struct flow *flow)
{
	answer_t answer = read_inner_ipv4(eth + 1, end, end - (void *)(eth + 1), flow);

	if (answer != CONTINUE)
		return answer;
	if (on(SWITCH_SOURCE_VALIDATION) && !(agent->flags & AGENT_IS_OUTSIDE ? is_outsiders(agent, eth, flow->src) : is_own(agent, eth, flow->src)))
		return drop(REASON_SPOOFED_SOURCE);
	if (on(SWITCH_LOOP_GUARD) && (is_nobodys(flow->dst) || is_broadcast(eth->dst)))
		return drop(REASON_GROUP_ADDRESS);
	if (!spend(agent, end - (void *)eth))
		return drop(REASON_RATE_LIMITED);
	return agent->flags & AGENT_IS_OUTSIDE ? translate_in(ctx, agent->vni, flow) : CONTINUE;
}

static __always_inline answer_t read_frame(struct xdp_md *ctx, const struct agent *agent, struct flow *flow)
{
	void *end = (void *)(long)ctx->data_end;
	struct eth *eth = (void *)(long)ctx->data;

	if ((void *)(eth + 1) > end)
		return aborted(REASON_SHORT_ETHERNET);
	if (eth->type_be == ETHER_TYPE_IPV4_BE)
		return read_ipv4_frame(ctx, eth, end, agent, flow);
	if (eth->type_be == ETHER_TYPE_ARP_BE)
		return read_arp_frame(eth, end, agent, flow);
	return drop(REASON_ETHER_TYPE_REFUSED);
}

/* What the underlay cannot carry upstream sends to be lost (§2.7). */
static __always_inline answer_t check_size(struct xdp_md *ctx, const struct agent *agent, const struct flow *flow)
{
	__u32 mtu = droplet.interface.mtu;

	if (mtu == 0 || frame_bytes(ctx) + sizeof(struct encapsulation) - sizeof(struct eth) <= mtu)
		return CONTINUE;
	return flow->fragment & FRAGMENT_DONT ? agent_too_big(ctx, agent, flow, mtu - sizeof(struct encapsulation)) : drop(REASON_TOO_BIG);
}

/* The service's address becomes the backend's, and the connection one to the backend. 0 when there is no such service. */
static __always_inline int translate(struct xdp_md *ctx, const struct agent *agent, struct flow *flow)
{
	if (!nat_forward(agent->vni, (void *)(long)ctx->data, (void *)(long)ctx->data_end, flow))
		return 0;
	track_translated(agent->vni, agent->flags & (AGENT_HAS_EGRESS_POLICY | AGENT_HAS_INGRESS_POLICY), flow);
	return 1;
}

/* Everything up to the encapsulated frame. */
static __always_inline answer_t run_agent(struct xdp_md *ctx, const struct agent *agent, struct hop *hop)
{
	struct flow flow = {};
	struct eth *eth;
	answer_t answer;
	__u32 hash;

	if (is_proxied_agent(agent)) {
		answer = take_off_tunnel(ctx, agent->vni, agent->nic_ip);
		if (answer != CONTINUE)
			return answer;
	}
	answer = read_frame(ctx, agent, &flow);
	if (answer != CONTINUE)
		return answer;
	hash = hash_pair(flow.src, flow.dst); /* early: it takes the processor longest, a step after the other */
	answer = guard_leaving(agent, &flow);
	if (answer != CONTINUE)
		return answer;
	if (translate(ctx, agent, &flow))
		hash = hash_pair(flow.src, flow.dst);
	answer = find_hop(ctx, agent, &flow, hash, hop);
	if (answer != CONTINUE)
		return answer;
	if (on(SWITCH_ICMP_ERRORS)) {
		answer = check_size(ctx, agent, &flow);
		if (answer != CONTINUE)
			return answer;
	}
	if (on(SWITCH_INNER_TTL) && hop->rts_flags & RTS_ROUTED) {
		eth = inner_ethernet(ctx);
		if (eth)
			set_inner_ttl((void *)(eth + 1), flow.ttl - 1);
	}
	return encapsulate(ctx, agent, &flow, hop, hash);
}

/* By the NIC, or by the host's bridge and its queues (§3.4 row 8). */
static __always_inline answer_t send(const struct agent *agent, const struct hop *hop)
{
	if (!(agent->flags & AGENT_IS_PREMIUM))
		return pass(REASON_TO_BRIDGE);
	if (!(agent->links & AGENT_LINK_NIC))
		return aborted(REASON_NO_NIC_SLOT);
	return redirect_agent_nic(hop->reason);
}

SEC("xdp")
int agent(struct xdp_md *ctx)
{
	const struct agent *agent;
	struct hop hop = {};
	answer_t answer;

	run_begin(ctx, PROGRAM_AGENT);
	agent = find_agent(ctx);
	answer = go_straight(ctx, agent);
	if (answer != NOT_STRAIGHT)
		return agent_exit(ctx, agent, answer);
	answer = run_agent(ctx, agent, &hop);
	if (answer != CONTINUE)
		return agent_exit(ctx, agent, answer);
	if (hop.ip == agent->nic_ip && agent->links & AGENT_LINK_TRANSIT) {
		run_tail_called(1);
		bpf_tail_call(ctx, &jump, JUMP_TRANSIT);
		run_tail_called(0); /* no transit here: to the NIC after all (§3.4 row 7) */
	}
	return agent_exit(ctx, agent, send(agent, &hop));
}
