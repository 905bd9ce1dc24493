/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A packet at the guard of an endpoint: its policy, and connections as upstream tracks them (spec §3.2 row 5a to c, §3.6 row 2): every
 * packet at every hop, and denials too. simulator/DataPlane/ConnectionTracking.cs is the same in C#.
 */
#ifndef MIZAR_GUARD_H
#define MIZAR_GUARD_H

#include "conntrack.h"
#include "parse.h"
#include "policy.h"
#include "switches.h"
#include "verdict.h"
#include "wire.h"

/* Whose policy a packet meets here: an endpoint's, that it leaves (egress) or enters (ingress). */
struct guard {
	__u64 vni;
	struct outer *outer; /* where the sender's label options are read, once somebody asks; or NULL: `labels` are they */
	void *end;
	struct labels labels;
	__u8 direction;
	__u8 enforced; /* with SWITCH_CONNECTION_STATE: its policy in this direction is */
	__u8 other_enforced; /* and in the other */
};

/* False when an option is cut off, or of another class or type. */
static __always_inline int read_labels(const struct guard *guard, struct labels *labels)
{
	struct encapsulation *head = (void *)guard->outer;
	__be16 class_be = on(SWITCH_STANDARD_OPTIONS) ? OPTION_STANDARD_CLASS_BE : OPTION_CLASS_BE;

	if (!head) {
		*labels = guard->labels;
		return 1;
	}
	if ((void *)(head + 1) > guard->end)
		return 0;
	if (head->pod.head.class_be != class_be || head->pod.head.type != OPTION_POD_LABEL)
		return 0;
	if (head->namespace.head.class_be != class_be || head->namespace.head.type != OPTION_NAMESPACE_LABEL)
		return 0;
	labels->pod = load32(&head->pod.id);
	labels->namespace = load32(&head->namespace.id);
	if (on(SWITCH_STANDARD_OPTIONS)) {
		labels->pod = bpf_ntohl(labels->pod);
		labels->namespace = bpf_ntohl(labels->namespace);
	}
	return 1;
}

/*
 * Whether policy allows a packet in its direction; or, when it replies, the packet that opened, in the other, and without the labels
 * of that, which nobody has kept (§8.1 P14). A function of its own, for its stack, and only called where policy is.
 */
static __noinline int policy_allows_flow(const struct guard *guard, const struct flow *flow, const struct labels *labels, int replies)
{
	struct policy_work *work = find_policy_work();
	int egress = guard->direction == POLICY_EGRESS;
	struct policy_question *question;

	if (!work)
		return 0; /* cannot be: an ARRAY */
	question = &work->question;
	question->vni = guard->vni;
	question->local = egress ? flow->src : flow->dst;
	question->remote = egress ? flow->dst : flow->src;
	question->labels.pod = labels ? labels->pod : 0;
	question->labels.namespace = labels ? labels->namespace : 0;
	question->port_be = replies ? flow->src_port_be : flow->dst_port_be;
	question->protocol = flow->protocol;
	question->direction = egress != replies ? POLICY_EGRESS : POLICY_INGRESS;
	question->ports = flow->ports;
	question->enforced = on(SWITCH_CONNECTION_STATE);
	return policy_allows();
}

static __always_inline int opener_allowed(const struct guard *guard, const struct flow *flow)
{
	return policy_allows_flow(guard, flow, NULL, 1);
}

static __always_inline answer_t denied_here(const struct guard *guard)
{
	return aborted(guard->direction == POLICY_EGRESS ? REASON_EGRESS_DENIED : REASON_INGRESS_DENIED);
}

/* Policy of a packet in its own direction: CONTINUE, or the refusal. */
static __always_inline answer_t evaluate(const struct guard *guard, const struct flow *flow)
{
	struct labels labels = {};

	if (!read_labels(guard, &labels))
		return aborted(REASON_BAD_LABEL_OPTION);
	return policy_allows_flow(guard, flow, &labels, 0) ? CONTINUE : denied_here(guard);
}

static __always_inline __u8 connection_flags(const struct flow *flow)
{
	return flow->protocol == IP_PROTOCOL_UDP && !on(SWITCH_REPLY_LABELS) ? CONNECTION_REEVALUATE : 0;
}

static __always_inline answer_t evaluate_if_any(const struct guard *guard, const struct flow *flow)
{
	struct labels labels;

	if (droplet.policy.enforced)
		return evaluate(guard, flow);
	/* Nobody's is enforced; a frame without whole label options is lost all the same. */
	return read_labels(guard, &labels) ? CONTINUE : aborted(REASON_BAD_LABEL_OPTION);
}

/* Whether a row is the one upstream would write: the other fields are not upstream's, and 0. */
static __always_inline int is_upstream_row(const struct connection *row, __u8 flags)
{
	return row->flags == flags && !row->phase && !row->seen && !row->egress && !row->ingress;
}

/* A function of its own, as is guard_live: its stack is not its callers', and an agent that delivers locally calls it twice. */
static __noinline answer_t guard_upstream(const struct guard *guard, const struct flow *flow)
{
	struct connection *opened, *known, state = new_connection();
	struct tracked tracked;
	answer_t answer;
	int allowed;

	if (flow->ports == PORTS_LACKING)
		return evaluate_if_any(guard, flow);
	find_connections(guard->vni, flow, &tracked);
	opened = connection_by(&tracked, tracked.receiver);
	if (opened) {
		if (!on(SWITCH_REPLY_LABELS) && opened->flags & CONNECTION_REEVALUATE)
			allowed = opener_allowed(guard, flow);
		else
			allowed = !(opened->flags & CONNECTION_DENIED);
		return allowed ? CONTINUE : aborted(REASON_REPLY_DENIED);
	}
	answer = evaluate_if_any(guard, flow);
	if (ANSWER_REASON(answer) == REASON_BAD_LABEL_OPTION)
		return answer;
	state.flags = connection_flags(flow) | (answer == CONTINUE ? 0 : CONNECTION_DENIED);
	known = connection_by(&tracked, tracked.sender);
	/* Upstream writes with every packet. */
	if (!known || !is_upstream_row(known, state.flags))
		put_connection(&tracked, tracked.sender, &state);
	return answer;
}

#endif
