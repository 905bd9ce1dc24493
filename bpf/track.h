/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Where connections are tracked and policy is enforced: what leaves an endpoint, what enters one, and what NAT made of it. */
#ifndef MIZAR_TRACK_H
#define MIZAR_TRACK_H

#include "agents.h"
#include "guard.h"
#include "guard_live.h"
#include "tables.h"

static __always_inline answer_t guard_packet(const struct guard *guard, const struct flow *flow)
{
	return on(SWITCH_CONNECTION_STATE) ? guard_live(guard, flow) : guard_upstream(guard, flow);
}

/* Whether anybody need look: with SWITCH_CONNECTION_STATE, at endpoints under policy, in either direction; and at packets with ports. */
static __always_inline int must_be_guarded(__u8 under_policy, const struct flow *flow)
{
	return flow->ports != PORTS_NONE && (!on(SWITCH_CONNECTION_STATE) || under_policy);
}

/* CONTINUE, when the endpoint's packet may leave it. */
static __always_inline answer_t guard_leaving(const struct agent *agent, const struct flow *flow)
{
	struct guard guard = {};

	if (!must_be_guarded(agent->flags & (AGENT_HAS_EGRESS_POLICY | AGENT_HAS_INGRESS_POLICY), flow))
		return CONTINUE;
	guard.vni = agent->vni;
	guard.direction = POLICY_EGRESS;
	guard.enforced = !!(agent->flags & AGENT_HAS_EGRESS_POLICY);
	guard.other_enforced = !!(agent->flags & AGENT_HAS_INGRESS_POLICY);
	return guard_packet(&guard, flow);
}

/* CONTINUE, when a packet may enter an endpoint of this droplet that it is delivered to without a transit; its row is `to`. */
static __always_inline answer_t guard_entering_locally(const struct agent *from, const struct endpoint *to, const struct flow *flow)
{
	struct guard guard = {};

	if (!must_be_guarded(to->flags & (ENDPOINT_HAS_INGRESS_POLICY | ENDPOINT_HAS_EGRESS_POLICY), flow))
		return CONTINUE;
	guard.vni = from->vni;
	guard.direction = POLICY_INGRESS;
	guard.labels.pod = from->pod_label;
	guard.labels.namespace = from->namespace_label;
	guard.enforced = !!(to->flags & ENDPOINT_HAS_INGRESS_POLICY);
	guard.other_enforced = !!(to->flags & ENDPOINT_HAS_EGRESS_POLICY);
	return guard_packet(&guard, flow);
}

/* CONTINUE, when a packet off the wire may go on. `destination` is the row of its destination, or NULL. */
static __always_inline answer_t guard_entering(struct outer *outer, void *end, __u64 vni, const struct endpoint *destination,
					       const struct flow *flow)
{
	__u8 policies = destination ? destination->flags & (ENDPOINT_HAS_INGRESS_POLICY | ENDPOINT_HAS_EGRESS_POLICY) : 0;
	struct guard guard = {};

	if (!must_be_guarded(policies, flow))
		return CONTINUE;
	guard.vni = vni;
	guard.outer = outer;
	guard.end = end;
	guard.direction = POLICY_INGRESS;
	guard.enforced = !!(policies & ENDPOINT_HAS_INGRESS_POLICY);
	guard.other_enforced = !!(policies & ENDPOINT_HAS_EGRESS_POLICY);
	return guard_packet(&guard, flow);
}

static __noinline void track_translated_upstream(__u64 vni, const struct flow *translated)
{
	struct connection *known, after = new_connection();
	struct tracked tracked;

	find_connections(vni, translated, &tracked);
	after.flags = connection_flags(translated);
	known = connection_by(&tracked, tracked.sender);
	if (!known || !is_upstream_row(known, after.flags))
		put_connection(&tracked, tracked.sender, &after);
}

static __noinline void track_translated_live(__u64 vni, const struct flow *translated)
{
	struct connection *known, after = new_connection();
	__u32 now = now_ticks();
	struct tracked tracked;

	find_connections(vni, translated, &tracked);
	known = live_connection(&tracked, tracked.sender, translated, now);
	if (known)
		after = *known;
	else
		after.flags = connection_flags(translated);
	after.egress = droplet.policy.epoch;
	keep_connection(&tracked, 1, known, &after, translated, now);
}

/*
 * Tracks a packet under the tuple NAT has given it (SWITCH_SERVICE_REPLIES), so that the backend's answer is known for a reply
 * (§8.1 P15). It has been let through; `enforced`: its endpoint is under policy, which counts only with SWITCH_CONNECTION_STATE.
 */
static __always_inline void track_translated(__u64 vni, int enforced, const struct flow *translated)
{
	if (!on(SWITCH_SERVICE_REPLIES) || translated->ports != PORTS_READ)
		return;
	if (!on(SWITCH_CONNECTION_STATE))
		track_translated_upstream(vni, translated);
	else if (enforced)
		track_translated_live(vni, translated);
}

#endif
