// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The agent (spec §3.2 to §3.4): on the host's side of an endpoint's interface, it sees what leaves the endpoint, puts it into
 * Geneve and sends it to the endpoint's host, when the direct path is known, or to a bouncer of its network. One program serves
 * every endpoint of a droplet and knows them by the interface a frame came in by.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "clock.h"
#include "encap.h"
#include "hash.h"
#include "nat.h"
#include "parse.h"
#include "shard.h"
#include "switches.h"
#include "tables.h"
#include "trace.h"
#include "verdict.h"
#include "wire.h"

char _license[] SEC("license") = "Dual MIT/GPL";

/* Upstream's metadata is an ARRAY: an agent nobody has programmed is one of zeros (§3.2 row 1), wired like the others. */
static const volatile struct agent unprogrammed = { .links = AGENT_LINKS_USUAL };

static __always_inline const struct agent *find_agent(struct xdp_md *ctx)
{
	__u32 ifindex = ctx->ingress_ifindex;
	const struct agent *agent = bpf_map_lookup_elem(&agents, &ifindex);

	return agent ? agent : (const struct agent *)&unprogrammed;
}

static __always_inline answer_t read_frame(struct xdp_md *ctx, struct flow *flow)
{
	void *end = (void *)(long)ctx->data_end;
	struct eth *eth = (void *)(long)ctx->data;
	struct arp *arp;
	answer_t answer;

	if ((void *)(eth + 1) > end)
		return aborted(REASON_SHORT_ETHERNET);
	if (eth->type_be == ETHER_TYPE_IPV4_BE)
		return read_inner_ipv4(eth + 1, end, flow);
	if (eth->type_be != ETHER_TYPE_ARP_BE)
		return drop(REASON_ETHER_TYPE_REFUSED);
	answer = read_arp(eth + 1, end, &arp);
	if (answer != CONTINUE)
		return answer;
	flow->src = load32(arp->sender_ip);
	flow->dst = load32(arp->target_ip);
	flow->ttl = ARP_TTL;
	return CONTINUE;
}

/* The host itself, or the bouncer the hash picks (§3.4 rows 1 and 2). */
static __always_inline answer_t find_next_hop(const struct agent *agent, const struct flow *flow, __u32 hash, struct hop *hop, enum reason *reason)
{
	struct cached_host *cached = find_direct_path(agent->vni, flow->dst);
	struct host *bouncer;

	if (cached) {
		hop->ip = cached->ip;
		copy_mac(hop->mac, cached->mac);
		*reason = REASON_DIRECT_PATH;
		return CONTINUE;
	}
	if (agent->bouncers.count == 0)
		return drop(REASON_NO_BOUNCERS);
	bouncer = pick_host((struct list *)&agent->bouncers, TIER_AGENT_BOUNCER, hash);
	if (!bouncer || !bouncer->present)
		return drop(REASON_NO_SUBSTRATE);
	hop->ip = bouncer->ip;
	copy_mac(hop->mac, bouncer->mac);
	*reason = REASON_TO_BOUNCER;
	return CONTINUE;
}

/* Everything but the tail call; `local` says that the next hop is this droplet. */
static __always_inline answer_t run_agent(struct xdp_md *ctx, enum reason *reason, int *local)
{
	const struct agent *agent = find_agent(ctx);
	struct flow flow = {};
	struct hop hop;
	answer_t answer;
	__u32 hash;

	answer = read_frame(ctx, &flow);
	if (answer != CONTINUE)
		return answer;
	nat_forward(agent->vni, (void *)(long)ctx->data, (void *)(long)ctx->data_end, &flow);
	hash = hash_pair(flow.src, flow.dst);
	answer = find_next_hop(agent, &flow, hash, &hop, reason);
	if (answer != CONTINUE)
		return answer;
	answer = encapsulate(ctx, agent, &flow, &hop, hash);
	if (answer != CONTINUE)
		return answer;
	*local = hop.ip == agent->nic_ip;
	return CONTINUE;
}

SEC("xdp")
int agent(struct xdp_md *ctx)
{
	enum reason reason = REASON_NONE;
	answer_t answer;
	int local = 0;

	run_begin(ctx, PROGRAM_AGENT);
	answer = run_agent(ctx, &reason, &local);
	if (answer != CONTINUE)
		return run_end(ctx, answer);
	if (local) {
		run_tail_called(1);
		bpf_tail_call(ctx, &jump, JUMP_TRANSIT);
		run_tail_called(0); /* no transit here: to the NIC after all (§3.4 row 7) */
	}
	return run_end(ctx, redirect_agent_nic(reason));
}
