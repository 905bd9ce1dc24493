/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The NAT caches as programs use them. Upstream's entries stay until others push them out (spec §8.1 P12). With SWITCH_CONNECTION_STATE an
 * entry and its twin, the other direction's, live as long as either is in use, and end with the connection: at a RST at once, after a
 * FIN of both sides when the last segments have had their time. Sessions with the outside (session.h) live by the same rules, always.
 * simulator/DataPlane/NatLife.cs is those in C#.
 */
#ifndef MIZAR_NAT_LIFE_H
#define MIZAR_NAT_LIFE_H

#include "clock.h"
#include "nat_tables.h"
#include "parse.h"
#include "settings.h"
#include "switches.h"
#include "trace.h"
#include "wire.h"

enum nat_state {
	NAT_ESTABLISHED = 1, /* a segment of this direction that opens nothing */
	NAT_CLIENT_FINISHED = 2,
	NAT_BACKEND_FINISHED = 4,
	NAT_FINISHED = NAT_CLIENT_FINISHED | NAT_BACKEND_FINISHED,
};

static __always_inline enum changed_table nat_changed(const struct nat_key *key)
{
	return key->direction == NAT_FORWARD ? CHANGED_FORWARD_NAT : CHANGED_REVERSE_NAT;
}

/* What a segment tells of its connection. */
static __always_inline __u8 nat_says(__u8 protocol, __u32 tcp_flags, int by_client)
{
	__u8 says = 0;

	if (protocol != IP_PROTOCOL_TCP)
		return 0;
	if (!(tcp_flags & TCP_SYN))
		says |= NAT_ESTABLISHED;
	if (tcp_flags & TCP_FIN)
		says |= by_client ? NAT_CLIENT_FINISHED : NAT_BACKEND_FINISHED;
	return says;
}

/* Nor does a fragment without ports tell anything. */
static __always_inline __u8 nat_flow_says(const struct flow *flow, int by_client)
{
	return flow->ports == PORTS_READ ? nat_says(flow->protocol, flow->tcp_flags, by_client) : 0;
}

/* Whether one that was last seen then, in this state, has been in use lately. */
static __always_inline int nat_recent(__u8 protocol, __u8 state, __u32 seen, __u32 now)
{
	__u32 timeout = settings.datagram_timeout;

	if (protocol == IP_PROTOCOL_TCP) {
		timeout = settings.transient_timeout;
		if (state & NAT_ESTABLISHED && (state & NAT_FINISHED) != NAT_FINISHED)
			timeout = settings.established_timeout;
	}
	return age_of(now, seen) <= timeout;
}

/* A SYN where both sides have sent their FIN begins another connection. */
static __always_inline int nat_begins_anew(__u32 tcp_flags, __u8 state)
{
	return (tcp_flags & (TCP_SYN | TCP_ACK)) == TCP_SYN && (state & NAT_FINISHED) == NAT_FINISHED;
}

static __always_inline void nat_remove(const struct nat_key *key, const struct nat_key *twin)
{
	if (nat_delete(key) == 0)
		run_removed(nat_changed(key), key);
	if (nat_delete(twin) == 0)
		run_removed(nat_changed(twin), twin);
}

/* In place: so much may change in a row that others look up (learned.h). */
static __always_inline void nat_note(const struct nat_key *key, struct nat_value *value, __u8 says)
{
	if ((value->state | says) == value->state)
		return;
	value->state |= says;
	run_changed(nat_changed(key), key, value);
}

/* Goes by the connection: 0 when the entry is none any more. */
static __always_inline int nat_follow(const struct nat_key *key, struct nat_value *value, const struct flow *flow)
{
	__u32 now = now_ticks();
	struct nat_value *other;
	struct nat_key twin;
	__u8 says, finished;

	nat_twin_of(&twin, key, value);
	if (key->direction == NAT_FORWARD && nat_begins_anew(flow->tcp_flags, value->state)) {
		nat_remove(key, &twin); /* its client gets a backend anew */
		return 0;
	}
	if (!nat_recent(key->protocol, value->state, value->seen, now)) {
		other = nat_find(&twin);
		if (!other || !nat_recent(key->protocol, other->state, other->seen, now)) {
			nat_remove(key, &twin);
			return 0;
		}
	}
	if (flow->tcp_flags & TCP_RST) {
		nat_remove(key, &twin);
		return 1;
	}
	says = nat_flow_says(flow, key->direction == NAT_FORWARD);
	finished = says & NAT_FINISHED & ~value->state;
	if (value->seen != now)
		value->seen = now;
	nat_note(key, value, says);
	if (finished) {
		other = nat_find(&twin);
		if (other)
			nat_note(&twin, other, finished);
	}
	return 1;
}

/*
 * Looks a flow's entry up and copies it; 0 when there is none. Not static, as nat_keep_both() below: the verifier looks at such a function once, and not
 * again with every path that calls it.
 */
__noinline int nat_look_up(const struct nat_key *key, const struct flow *flow, struct nat_value *to)
{
	struct nat_value *value;

	if (!key || !flow || !to)
		return 0; /* cannot be */
	value = nat_find(key);
	if (!value)
		return 0;
	*to = *value;
	return !on(SWITCH_CONNECTION_STATE) || nat_follow(key, value, flow);
}

static __always_inline int nat_use(enum nat_direction direction, __u64 vni, const struct flow *flow, struct nat_value *to)
{
	struct nat_key key;

	if (!droplet.nat_in_use)
		return 0;
	nat_key_of(&key, direction, vni, flow);
	return nat_look_up(&key, flow, to);
}

/* Whether they make the same of a flow, however far it has come. By words: both are zero where they say nothing. */
static __always_inline int nat_same(const struct nat_value *a, const struct nat_value *b)
{
	const __u64 *x = (const __u64 *)a, *y = (const __u64 *)b, state = 0xffull << 16;

	return !((x[0] ^ y[0]) | (x[1] ^ y[1]) | ((x[2] ^ y[2]) & ~state) | ((__u32)x[3] ^ (__u32)y[3]));
}

_Static_assert(__builtin_offsetof(struct nat_value, state) == 18 && __builtin_offsetof(struct nat_value, seen) == 28, "nat_same()");

/* Writes an entry. One that says the same stays, as far as its connection has come. */
static __always_inline void nat_put(const struct nat_key *key, const struct nat_value *value, __u8 says, __u32 now)
{
	struct nat_value *there = nat_find(key), new;

	if (there && nat_same(there, value) && (on(SWITCH_CONNECTION_STATE) || (there->state == 0 && there->seen == 0))) {
		if (there->seen != now)
			there->seen = now;
		nat_note(key, there, says);
		return;
	}
	new = *value;
	new.state = says;
	new.seen = now;
	if (!droplet.nat_in_use)
		droplet.nat_in_use = 1;
	if (nat_write(key, &new, LEARNED_ANY) == 0)
		run_changed(nat_changed(key), key, &new);
}

/* Writes both entries of a flow that a client's packet gave cause for: what it becomes, and what answers to that become. */
__noinline int nat_keep_both(const struct nat_key *key, const struct flow *flow, const struct nat_value *to, const struct nat_value *service)
{
	struct nat_key replies;
	__u32 now = 0;
	__u8 says = 0;

	if (!key || !flow || !to || !service)
		return 0; /* cannot be */
	if (on(SWITCH_CONNECTION_STATE)) {
		if (flow->tcp_flags & TCP_RST)
			return 0; /* the last there is of its connection */
		says = nat_flow_says(flow, 1);
		now = now_ticks();
	}
	nat_twin_of(&replies, key, to);
	nat_put(key, to, says, now);
	nat_put(&replies, service, says & NAT_FINISHED, now);
	return 0;
}

#endif
