/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The table of connections (spec §3.1, §3.10). Both directions of a flow are one entry: whether a packet opens or replies is known
 * by one lookup, where upstream takes two and writes the row with every packet, some 190 ns a hop in all (spec 11). To the lab
 * they are rows of Tables.Connections apart; harness/Bpf/Codecs/ConnectionCodec.cs takes them apart.
 */
#ifndef MIZAR_CONNTRACK_H
#define MIZAR_CONNTRACK_H

#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

#include "learned.h"
#include "parse.h"
#include "trace.h"

#ifndef CONNECTIONS_MAX
#define CONNECTIONS_MAX 50000
#endif

/* Upstream's state byte. */
#define CONNECTION_DENIED 1
#define CONNECTION_ONE_DIRECTION 2
#define CONNECTION_REEVALUATE 4

enum tcp_phase {
	PHASE_NONE = 0, /* not TCP */
	PHASE_OPENING = 1,
	PHASE_ESTABLISHED = 2,
	PHASE_OPENER_DONE = 3,
	PHASE_REPLIER_DONE = 4,
	PHASE_CLOSED = 5,
};

/*
 * The ends of a flow in an order of their own: the lower address, or the lower port, first, as words of this machine. It is also
 * the key of a row as it is told (trace.h), whose first end is the opener.
 */
struct connection_key {
	__u64 vni;
	__be32 first_ip;
	__be32 second_ip;
	__be16 first_port_be;
	__be16 second_port_be;
	__u8 protocol;
	__u8 pad[3];
};

/* simulator/DataPlane/FlowTables.cs says what each is. Upstream's dialect has the flags alone. */
struct connection {
	__u32 seen; /* ticks, clock.h */
	__u32 egress;
	__u32 ingress;
	__u8 flags;
	__u8 phase;
	__u8 present;
	__u8 pad;
};

/* A connection opened by the first end, one by the second. When the ends are the same, the first is both. */
struct connection_pair {
	struct connection by[2];
} __attribute__((aligned(8)));

_Static_assert(sizeof(struct connection_key) == 24 && sizeof(struct connection) == 16, "harness/Bpf/Codecs/ConnectionCodec.cs");

LEARNED_MAPS(connections, CONNECTIONS_MAX);
LEARNED_TABLE(connections, settings.connection_mask, struct connection_key, struct connection_pair)

/* A packet's flow in the table. */
struct tracked {
	struct connection_key key;
	struct connection_pair *pair; /* or NULL */
	__u32 sender; /* which end the packet comes from; the connection it belongs to if it opened one */
	__u32 receiver; /* the connection it replies to, if there is that one */
};

static __always_inline void find_connections(__u64 vni, const struct flow *flow, struct tracked *tracked)
{
	__u64 *words = (__u64 *)&tracked->key;
	int same = flow->src == flow->dst && flow->src_port_be == flow->dst_port_be;
	int sender_first = flow->src < flow->dst || (flow->src == flow->dst && flow->src_port_be <= flow->dst_port_be);

	words[0] = vni;
	words[1] = sender_first ? addresses_word(flow->src, flow->dst) : addresses_word(flow->dst, flow->src);
	words[2] = sender_first ? ports_word(flow->src_port_be, flow->dst_port_be, flow->protocol)
				: ports_word(flow->dst_port_be, flow->src_port_be, flow->protocol);
	tracked->sender = !sender_first;
	tracked->receiver = sender_first && !same;
	tracked->pair = connections_find(&tracked->key);
}

/*
 * A row of nothing yet. Not by an initialiser: from a struct with constants in it clang makes read-only data and copies that, and
 * clang 14's BPF backend, when it folds such a copy, loses the stores in front of it.
 */
static __always_inline struct connection new_connection(void)
{
	struct connection fresh = {};

	fresh.present = 1;
	return fresh;
}

/* The connection this end opened, or NULL. */
static __always_inline struct connection *connection_by(const struct tracked *tracked, __u32 end)
{
	struct connection *connection;

	if (!tracked->pair)
		return NULL;
	connection = end ? &tracked->pair->by[1] : &tracked->pair->by[0];
	return connection->present ? connection : NULL;
}

/* Tells that a row was written, or removed (`value` NULL). Apart, for its stack, and for it is only there when somebody listens. */
static __noinline void tell_row(const struct tracked *tracked, __u32 end, const struct connection *value)
{
	struct connection_key row = tracked->key;

	if (end) {
		row.first_ip = tracked->key.second_ip;
		row.second_ip = tracked->key.first_ip;
		row.first_port_be = tracked->key.second_port_be;
		row.second_port_be = tracked->key.first_port_be;
	}
	if (value)
		run_changed(CHANGED_CONNECTIONS, &row, value);
	else
		run_removed(CHANGED_CONNECTIONS, &row);
}

static __always_inline void tell_connection(const struct tracked *tracked, __u32 end, const struct connection *value)
{
	if (recording() != RECORD_NOTHING)
		tell_row(tracked, end, value);
}

/* Adds the entry of a flow with this one row. False when another CPU was first, or writes beside it. */
static __noinline int add_connections(const struct tracked *tracked, __u32 end, const struct connection *value)
{
	struct connection_pair fresh = {};

	if (end)
		fresh.by[1] = *value;
	else
		fresh.by[0] = *value;
	return connections_write(&tracked->key, &fresh, LEARNED_NEW) == 0;
}

/* Writes a row that is not there with this very value. In place where the entry is: the other direction's row stands in it too, and may be written meanwhile. */
static __always_inline void put_connection(struct tracked *tracked, __u32 end, const struct connection *value)
{
	if (!tracked->pair) {
		if (add_connections(tracked, end, value)) {
			tell_connection(tracked, end, value);
			return;
		}
		tracked->pair = connections_search(&tracked->key);
		if (!tracked->pair)
			return;
	}
	if (end)
		tracked->pair->by[1] = *value;
	else
		tracked->pair->by[0] = *value;
	tell_connection(tracked, end, value);
}

/* Removes a row that is there. */
static __always_inline void remove_connection(struct tracked *tracked, __u32 end)
{
	struct connection *gone = connection_by(tracked, end);

	if (!gone)
		return;
	*gone = (struct connection){};
	if (!connection_by(tracked, !end)) {
		connections_delete(&tracked->key);
		tracked->pair = NULL;
	}
	tell_connection(tracked, end, NULL);
}

#endif
