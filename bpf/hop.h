/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Where an endpoint's frame goes (spec §3.4 rows 1 to 3): to its host by direct path, to an endpoint of this droplet, or to a bouncer. */
#ifndef MIZAR_HOP_H
#define MIZAR_HOP_H

#include "agents.h"
#include "direct_path.h"
#include "encap.h"
#include "hash.h"
#include "icmp.h"
#include "inner_ttl.h"
#include "nat.h"
#include "override.h"
#include "parse.h"
#include "proxied.h"
#include "shard.h"
#include "switches.h"
#include "tables.h"
#include "trace.h"
#include "track.h"
#include "verdict.h"

/* The frame as it came, its addresses and what is behind them; NULL is out of the question, it was read. */
static __always_inline struct eth *inner_ethernet(struct xdp_md *ctx)
{
	struct eth *eth = (void *)(long)ctx->data;
	void *end = (void *)(long)ctx->data_end;

	return (void *)(eth + 1) + sizeof(struct ipv4) <= end ? eth : NULL;
}

/* The entry is the droplet's: only what the endpoint sent to its gateway crosses networks on this way. */
static __always_inline answer_t cross(struct xdp_md *ctx, const struct agent *agent, const struct flow *flow, struct hop *hop)
{
	struct eth *eth = inner_ethernet(ctx);

	if (flow->arp || !eth || !same_mac(eth->dst, agent->gateway_mac))
		return CONTINUE;
	if (flow->ttl <= 1)
		return agent_time_exceeded(ctx, agent, flow);
	hop->rts_flags |= RTS_ROUTED;
	return CONTINUE;
}

static __always_inline answer_t hop_by_direct_path(struct xdp_md *ctx, const struct agent *agent, const struct flow *flow,
						   struct cached_host *cached, struct hop *hop)
{
	answer_t answer;

	hop->reason = REASON_DIRECT_PATH;
	if (on(SWITCH_DIRECT_PATH_INVALIDATION))
		hop->rts_flags = RTS_DIRECT;
	if (on(SWITCH_INNER_TTL) && cached->crosses) {
		answer = cross(ctx, agent, flow, hop);
		if (answer != CONTINUE)
			return answer;
	}
	if (agent->flags & AGENT_OVERRIDES_MAC)
		override_cached(agent, flow->dst, cached);
	hop->ip = cached->ip;
	copy_mac(hop->mac, agent->flags & AGENT_OVERRIDES_MAC ? agent->mac_override : cached->mac);
	return CONTINUE;
}

static __always_inline answer_t hop_by_bouncer(const struct agent *agent, const struct host *bouncer, struct hop *hop)
{
	hop->reason = REASON_TO_BOUNCER;
	if (agent->bouncers.count == 0)
		return drop(REASON_NO_BOUNCERS);
	if (!bouncer || !bouncer->present)
		return drop(REASON_NO_SUBSTRATE);
	if (agent->flags & AGENT_OVERRIDES_MAC)
		override_bouncer(agent, bouncer);
	hop->ip = bouncer->ip;
	copy_mac(hop->mac, agent->flags & AGENT_OVERRIDES_MAC ? agent->mac_override : bouncer->mac);
	return CONTINUE;
}

/*
 * To an endpoint of this droplet, without encapsulation (SWITCH_LOCAL_DELIVERY). Upstream sends such a frame to a bouncer and gets it
 * back, twice over the wire where the bouncer is another droplet (§8.1 P30). Does what a bouncer would have done on the way, and
 * transit at its end.
 */
static __always_inline answer_t deliver_locally(struct xdp_md *ctx, const struct agent *agent, const struct flow *flow,
						const struct endpoint *endpoint)
{
	struct eth *eth = inner_ethernet(ctx);
	struct flow reply = *flow;
	answer_t answer;

	if (!eth)
		return aborted(REASON_SHORT_INNER_IPV4); /* cannot be: it was read */
	if (!flow->arp) {
		answer = guard_entering_locally(agent, endpoint, flow);
		if (answer != CONTINUE)
			return answer;
		nat_reverse(agent->vni, eth, (void *)(long)ctx->data_end, &reply);
	}
	if (on(SWITCH_INNER_TTL) && !flow->arp && !same_mac(eth->dst, endpoint->mac)) {
		if (flow->ttl <= 1)
			return agent_time_exceeded(ctx, agent, &reply);
		set_inner_ttl((void *)(eth + 1), flow->ttl - 1);
	}
	copy_mac(eth->dst, endpoint->mac);
	return redirect_endpoint(endpoint->slot, REASON_LOCAL_DELIVERY);
}

/* To a proxied endpoint of this droplet, whose function wants the tunnel: by transit, which asks there what deliver_locally() would have asked here. */
static __always_inline answer_t hop_to_self(const struct agent *agent, struct hop *hop)
{
	hop->reason = REASON_LOCAL_DELIVERY;
	hop->ip = agent->nic_ip;
	copy_mac(hop->mac, agent->nic_mac);
	return CONTINUE;
}

/* CONTINUE when the frame is to be encapsulated for the hop. The hop comes zeroed. */
static __always_inline answer_t find_hop(struct xdp_md *ctx, const struct agent *agent, const struct flow *flow, __u32 hash, struct hop *hop)
{
	struct cached_host *cached = use_direct_path(agent->vni, flow->dst);
	struct endpoint *endpoint;
	struct host *bouncer;

	if (cached)
		return hop_by_direct_path(ctx, agent, flow, cached, hop);
	/* Before the search that mostly finds nothing, for the processor waits for one load after the other here, and searches meanwhile. */
	bouncer = agent->bouncers.count ? pick_host(&agent->bouncers, TIER_AGENT_BOUNCER, hash) : NULL;
	if (on(SWITCH_LOCAL_DELIVERY)) {
		endpoint = find_endpoint(agent->vni, flow->dst);
		if (endpoint && endpoint->slot != SLOT_ELSEWHERE && !(endpoint->flags & ENDPOINT_IS_OUTSIDE))
			return is_proxied(endpoint) ? hop_to_self(agent, hop) : deliver_locally(ctx, agent, flow, endpoint);
	}
	return hop_by_bouncer(agent, bouncer, hop);
}

#endif
