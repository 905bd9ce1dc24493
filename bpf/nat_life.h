/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The NAT caches as programs use them. Upstream's entries stay until others push them out (spec §8.1 P12). With SWITCH_CONNECTION_STATE an
 * entry and its twin, the other direction's, live as long as either is in use, and end with the connection: at a RST at once, after a
 * FIN of both sides when the last segments have had their time.
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

static __always_inline enum changed_table nat_changed(enum nat_direction direction)
{
	return direction == NAT_FORWARD ? CHANGED_FORWARD_NAT : CHANGED_REVERSE_NAT;
}

static __always_inline enum nat_direction nat_other(enum nat_direction direction)
{
	return direction == NAT_FORWARD ? NAT_REVERSE : NAT_FORWARD;
}

/* What a segment tells of its connection. */
static __always_inline __u8 nat_says(enum nat_direction direction, const struct flow *flow)
{
	__u8 says = 0;

	if (flow->protocol != IP_PROTOCOL_TCP || flow->ports != PORTS_READ)
		return 0;
	if (!(flow->tcp_flags & TCP_SYN))
		says |= NAT_ESTABLISHED;
	if (flow->tcp_flags & TCP_FIN)
		says |= direction == NAT_FORWARD ? NAT_CLIENT_FINISHED : NAT_BACKEND_FINISHED;
	return says;
}

static __always_inline int nat_recent(__u8 protocol, const struct nat_value *value, __u32 now)
{
	__u32 timeout = settings.datagram_timeout;

	if (protocol == IP_PROTOCOL_TCP) {
		timeout = settings.transient_timeout;
		if (value->state & NAT_ESTABLISHED && (value->state & NAT_FINISHED) != NAT_FINISHED)
			timeout = settings.established_timeout;
	}
	return age_of(now, value->seen) <= timeout;
}

static __always_inline void nat_remove(enum nat_direction direction, const struct nat_key *key, const struct nat_key *twin)
{
	if (nat_delete(direction, key) == 0)
		run_removed(nat_changed(direction), key);
	direction = nat_other(direction);
	if (nat_delete(direction, twin) == 0)
		run_removed(nat_changed(direction), twin);
}

/* In place: an update would take a new element of the LRU. */
static __always_inline void nat_note(enum nat_direction direction, const struct nat_key *key, struct nat_value *value, __u8 says)
{
	if ((value->state | says) == value->state)
		return;
	value->state |= says;
	run_changed(nat_changed(direction), key, value);
}

/* Goes by the connection: 0 when the entry is none any more. */
static __always_inline int nat_follow(enum nat_direction direction, const struct nat_key *key, struct nat_value *value, const struct flow *flow)
{
	__u32 now = now_ticks();
	struct nat_value *other;
	struct nat_key twin;
	__u8 says, finished;

	nat_twin_of(&twin, key, value);
	if (direction == NAT_FORWARD && (flow->tcp_flags & (TCP_SYN | TCP_ACK)) == TCP_SYN && (value->state & NAT_FINISHED) == NAT_FINISHED) {
		nat_remove(direction, key, &twin); /* a client that opens a connection where one was closed gets a backend anew */
		return 0;
	}
	if (!nat_recent(key->protocol, value, now)) {
		other = nat_find(nat_other(direction), &twin);
		if (!other || !nat_recent(key->protocol, other, now)) {
			nat_remove(direction, key, &twin);
			return 0;
		}
	}
	if (flow->tcp_flags & TCP_RST) {
		nat_remove(direction, key, &twin);
		return 1;
	}
	says = nat_says(direction, flow);
	finished = says & NAT_FINISHED & ~value->state;
	if (value->seen != now)
		value->seen = now;
	nat_note(direction, key, value, says);
	if (finished) {
		other = nat_find(nat_other(direction), &twin);
		if (other)
			nat_note(nat_other(direction), &twin, other, finished);
	}
	return 1;
}

/*
 * Looks a flow's entry up and copies it; 0 when there is none. Not static, as nat_put() below: the verifier looks at such a function once, and not
 * again with every path that calls it.
 */
__noinline int nat_look_up(enum nat_direction direction, const struct nat_key *key, const struct flow *flow, struct nat_value *to)
{
	struct nat_value *value;

	if (!key || !flow || !to)
		return 0; /* cannot be */
	value = nat_find(direction, key);
	if (!value)
		return 0;
	*to = *value;
	return !on(SWITCH_CONNECTION_STATE) || nat_follow(direction, key, value, flow);
}

static __always_inline int nat_use(enum nat_direction direction, __u64 vni, const struct flow *flow, struct nat_value *to)
{
	__u32 *used = nat_used();
	struct nat_key key;

	if (!used || !*used)
		return 0;
	nat_key_of(&key, vni, flow);
	return nat_look_up(direction, &key, flow, to);
}

static __always_inline int nat_same(const struct nat_value *a, const struct nat_value *b)
{
	return a->src == b->src && a->dst == b->dst && a->src_port_be == b->src_port_be && a->dst_port_be == b->dst_port_be &&
	       same_mac(a->src_mac, b->src_mac) && same_mac(a->dst_mac, b->dst_mac);
}

/* Writes an entry that a client's packet gave cause for. One that says the same stays, as far as its connection has come. */
__noinline int nat_put(enum nat_direction direction, const struct nat_key *key, const struct flow *flow, const struct nat_value *value)
{
	int tracked = on(SWITCH_CONNECTION_STATE);
	struct nat_value *there, new;
	__u32 *used = nat_used();

	if (!key || !flow || !value)
		return 0; /* cannot be */
	new = *value;
	new.state = 0;
	new.seen = 0;
	if (tracked) {
		if (flow->tcp_flags & TCP_RST)
			return 0; /* the last there is of its connection */
		new.state = nat_says(NAT_FORWARD, flow) & (direction == NAT_FORWARD ? 0xff : NAT_FINISHED);
		new.seen = now_ticks();
	}
	there = nat_find(direction, key);
	if (there && nat_same(there, &new) && (tracked || (there->state == 0 && there->seen == 0))) {
		if (tracked) {
			there->seen = new.seen;
			nat_note(direction, key, there, new.state);
		}
		return 0;
	}
	if (used && !*used)
		*used = 1;
	if (nat_write(direction, key, &new) == 0)
		run_changed(nat_changed(direction), key, &new);
	return 0;
}

#endif
