/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Connections with a life (SWITCH_CONNECTION_STATE; §8.1 P12, P13): tracked only at endpoints under policy, only when allowed, gone
 * with a reset or when idle. A packet of a live connection is not evaluated again, unless policy was written since.
 * simulator/DataPlane/LiveConnections.cs is the same in C#, and says more.
 */
#ifndef MIZAR_GUARD_LIVE_H
#define MIZAR_GUARD_LIVE_H

#include "clock.h"
#include "guard.h"

#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_ACK 0x10

static __always_inline __u32 idle_limit(const struct flow *flow, __u8 phase)
{
	if (flow->protocol != IP_PROTOCOL_TCP)
		return settings.datagram_timeout;
	return phase == PHASE_ESTABLISHED ? settings.established_timeout : settings.transient_timeout;
}

/* The connection this end opened, if it has not been idle too long; one that has goes. */
static __always_inline struct connection *live_connection(struct tracked *tracked, __u32 end, const struct flow *flow, __u32 now)
{
	struct connection *connection = connection_by(tracked, end);

	if (!connection || age_of(now, connection->seen) <= idle_limit(flow, connection->phase))
		return connection;
	remove_connection(tracked, end);
	return NULL;
}

static __always_inline __u8 phase_after(__u8 phase, const struct flow *flow, int by_opener)
{
	__u8 others = by_opener ? PHASE_REPLIER_DONE : PHASE_OPENER_DONE;

	if (flow->protocol != IP_PROTOCOL_TCP)
		return PHASE_NONE;
	if (phase == PHASE_NONE)
		phase = PHASE_OPENING;
	if (phase == PHASE_OPENING && !by_opener && flow->tcp_flags & TCP_ACK)
		phase = PHASE_ESTABLISHED;
	if (!(flow->tcp_flags & TCP_FIN))
		return phase;
	if (phase == others || phase == PHASE_CLOSED)
		return PHASE_CLOSED;
	return by_opener ? PHASE_OPENER_DONE : PHASE_REPLIER_DONE;
}

/* Writes the connection by this end as the packet leaves it. `known` is its row, or NULL; a reset ends it. */
static __always_inline void keep_connection(struct tracked *tracked, int by_opener, struct connection *known, struct connection *after,
					    const struct flow *flow, __u32 now)
{
	__u32 end = by_opener ? tracked->sender : tracked->receiver;

	if (flow->tcp_flags & TCP_RST) {
		remove_connection(tracked, end);
		return;
	}
	after->phase = phase_after(after->phase, flow, by_opener);
	after->seen = now;
	if (known && known->egress == after->egress && known->ingress == after->ingress && known->flags == after->flags &&
	    known->phase == after->phase) {
		if (known->seen != now)
			known->seen = now; /* no change, and not told */
		return;
	}
	put_connection(tracked, end, after);
}

static __always_inline answer_t guard_reply(const struct guard *guard, struct tracked *tracked, struct connection *opened,
					    const struct flow *flow, __u32 now)
{
	struct connection after;

	if (!on(SWITCH_REPLY_LABELS) && guard->other_enforced && opened->flags & CONNECTION_REEVALUATE && !opener_allowed(guard, flow))
		return aborted(REASON_REPLY_DENIED);
	after = *opened;
	keep_connection(tracked, 0, opened, &after, flow, now);
	return CONTINUE;
}

/* Policy does not let it through any more in this direction. */
static __always_inline void revoke(struct tracked *tracked, struct connection *known, int egress)
{
	__u32 before = egress ? known->egress : known->ingress, other = egress ? known->ingress : known->egress;

	if (!other) {
		remove_connection(tracked, tracked->sender);
	} else if (before) {
		if (egress)
			known->egress = 0;
		else
			known->ingress = 0;
		tell_connection(tracked, tracked->sender, known);
	}
}

static __always_inline answer_t guard_opener(const struct guard *guard, struct tracked *tracked, const struct flow *flow, __u32 now)
{
	__u32 epoch = droplet.policy.epoch, stamp;
	int egress = guard->direction == POLICY_EGRESS;
	struct connection *known = live_connection(tracked, tracked->sender, flow, now);
	struct connection after = new_connection();
	answer_t answer;

	if (known && known->phase == PHASE_CLOSED && (flow->tcp_flags & (TCP_SYN | TCP_ACK)) == TCP_SYN) {
		remove_connection(tracked, tracked->sender);
		known = NULL;
	}
	if (known)
		after = *known;
	else
		after.flags = connection_flags(flow);
	stamp = egress ? after.egress : after.ingress;
	if (stamp != epoch && guard->enforced) {
		answer = evaluate(guard, flow);
		if (answer != CONTINUE) {
			if (known && ANSWER_REASON(answer) != REASON_BAD_LABEL_OPTION)
				revoke(tracked, known, egress);
			return answer;
		}
	}
	if (egress)
		after.egress = epoch;
	else
		after.ingress = epoch;
	keep_connection(tracked, 1, known, &after, flow, now);
	return CONTINUE;
}

static __noinline answer_t guard_live(const struct guard *guard, const struct flow *flow)
{
	struct connection *opened;
	struct tracked tracked;
	__u32 now;

	if (flow->ports == PORTS_LACKING)
		return guard->enforced ? evaluate(guard, flow) : CONTINUE;
	now = now_ticks();
	find_connections(guard->vni, flow, &tracked);
	opened = live_connection(&tracked, tracked.receiver, flow, now);
	if (opened && (guard->direction == POLICY_EGRESS ? opened->ingress : opened->egress))
		return guard_reply(guard, &tracked, opened, flow, now);
	return guard_opener(guard, &tracked, flow, now);
}

#endif
