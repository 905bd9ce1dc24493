/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The life of sessions with the outside: simulator/DataPlane/Translations.cs in C. Each is two rows, one a direction, which count only together. It ends as a
 * service's NAT does, always and not by a switch. Functions with lookups that several paths call are global: the verifier looks at them once.
 */
#ifndef MIZAR_SESSION_H
#define MIZAR_SESSION_H

#include "clock.h"
#include "hash.h"
#include "nat_life.h"
#include "settings.h"
#include "trace.h"
#include "translation.h"
#include "wire.h"

/* How many ports are tried before there is said to be none left. */
#define SESSION_TRIES 64

/* What a packet's translation works on; a CPU runs one frame at a time, and the stack has little room. */
struct session_work {
	struct translation_key session;
	struct translation_key twin;
	struct translation becomes;
	struct translation back;
	struct translation_key looked_for; /* session_find()'s own */
	struct port_forward_key forward; /* find_port_forward()'s */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct session_work);
} session_work SEC(".maps");

static __always_inline struct session_work *find_session_work(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&session_work, &zero);
}

/* Who answers where the session's packets go to; or NULL. */
static __always_inline struct port_forward *find_port_forward(struct session_work *work, const struct translation_key *session)
{
	work->forward.vni = session->vni;
	work->forward.ip = session->dst;
	work->forward.port_be = session->dst_port_be;
	work->forward.protocol = session->protocol;
	return bpf_map_lookup_elem(&port_forwards, &work->forward);
}

/* What a session's packets become, the other way round, is what the other direction's look like. */
static __always_inline void session_twin(struct translation_key *twin, const struct translation_key *key, const struct translation *becomes)
{
	*twin = *key;
	twin->src = becomes->dst;
	twin->dst = becomes->src;
	twin->src_port_be = becomes->dst_port_be;
	twin->dst_port_be = becomes->src_port_be;
	twin->inbound = !key->inbound;
}

/* What the other direction's packets become. */
static __always_inline void session_back(struct translation *back, const struct translation_key *key)
{
	__builtin_memset(back, 0, sizeof(*back));
	back->src = key->dst;
	back->dst = key->src;
	back->src_port_be = key->dst_port_be;
	back->dst_port_be = key->src_port_be;
}

static __always_inline int session_is_back(const struct translation *back, const struct translation_key *key)
{
	return back->src == key->dst && back->dst == key->src && back->src_port_be == key->dst_port_be && back->dst_port_be == key->src_port_be;
}

static __always_inline __u8 session_says(const struct translation_key *key, __u32 tcp_flags)
{
	return nat_says(key->protocol, tcp_flags, !key->inbound);
}

static __always_inline void session_forget(const struct translation_key *key)
{
	if (translations_delete(key) == 0)
		run_removed(CHANGED_TRANSLATIONS, key);
}

static __always_inline void session_write(const struct translation_key *key, const struct translation *row)
{
	if (translations_write(key, row, LEARNED_ANY) == 0)
		run_changed(CHANGED_TRANSLATIONS, key, row);
}

/* What a packet becomes (unless NULL) whose session is known; 0: it is not. What is left of one that has ended idle, or whose twin is gone, is removed. */
__noinline int session_find(const struct translation_key *key, struct translation *becomes)
{
	struct session_work *work = find_session_work();
	struct translation *row, *other, *outbound;

	if (!key || !work)
		return 0; /* cannot be */
	row = find_translation(key);
	if (!row)
		return 0;
	session_twin(&work->looked_for, key, row);
	other = find_translation(&work->looked_for);
	if (!other || !session_is_back(other, key)) {
		session_forget(key);
		return 0;
	}
	outbound = key->inbound ? other : row;
	if (!nat_recent(key->protocol, outbound->state, outbound->seen, now_ticks())) {
		session_forget(key);
		session_forget(&work->looked_for);
		return 0;
	}
	if (becomes)
		*becomes = *row;
	return 1;
}

/* The same, and the session is followed by the packet. */
__noinline int session_use(const struct translation_key *key, __u32 tcp_flags, struct translation *becomes)
{
	struct session_work *work = find_session_work();
	struct translation *row;
	__u32 now = now_ticks();
	__u8 says;

	if (!key || !becomes || !work || !session_find(key, becomes))
		return 0;
	session_twin(&work->twin, key, becomes);
	row = find_translation(key->inbound ? &work->twin : key);
	if (!row)
		return 0; /* another CPU was faster */
	if (nat_begins_anew(tcp_flags, row->state)) {
		session_forget(key);
		session_forget(&work->twin);
		return 0;
	}
	if (tcp_flags & TCP_RST) {
		session_forget(key);
		session_forget(&work->twin);
		return 1;
	}
	if (row->seen != now)
		row->seen = now;
	says = session_says(key, tcp_flags);
	if ((row->state | says) != row->state) {
		row->state |= says;
		run_changed(CHANGED_TRANSLATIONS, key->inbound ? &work->twin : key, row);
	}
	return 1;
}

/* Writes both rows of a new session. */
static __always_inline void session_keep(struct session_work *work, const struct translation_key *key, __u32 tcp_flags, struct translation *becomes)
{
	struct translation *outbound = key->inbound ? &work->back : becomes;

	session_back(&work->back, key);
	outbound->state = session_says(key, tcp_flags);
	outbound->seen = now_ticks();
	session_write(key, becomes);
	session_write(&work->twin, &work->back);
}

/*
 * A new session from inside: a port by its endpoint's address and port, so that mostly one socket is one port outside whoever it talks to, or the next
 * that no session with this peer has, and that is not forwarded.
 */
__noinline int session_open(const struct translation_key *key, __u32 tcp_flags, const struct translator *translator, struct translation *becomes)
{
	struct session_work *work = find_session_work();
	__u32 hash, ports, i;

	if (!key || !translator || !becomes || !work)
		return 0; /* cannot be */
	if (tcp_flags & TCP_RST || translator->last_port < translator->first_port)
		return 0;
	ports = translator->last_port - translator->first_port + 1;
	hash = hash_pair(key->src, (__u32)bpf_ntohs(key->src_port_be) << 16 | key->protocol);
	__builtin_memset(becomes, 0, sizeof(*becomes));
	becomes->src = translator->address;
	becomes->dst = key->dst;
	becomes->dst_port_be = key->dst_port_be;
	for (i = 0; i < SESSION_TRIES; i++) {
		if (i >= ports)
			return 0;
		becomes->src_port_be = bpf_htons(translator->first_port + (hash + i) % ports);
		session_twin(&work->twin, key, becomes);
		if (find_port_forward(work, &work->twin) || session_find(&work->twin, NULL))
			continue;
		session_keep(work, key, tcp_flags, becomes);
		return 1;
	}
	return 0;
}

enum accepted {
	NOBODY_THERE = 0,
	ACCEPTED = 1,
	TAKEN = 2, /* what the endpoint's answers would be is a session already, of its own making */
};

/* A new session from outside, to an endpoint that is to be reached. */
__noinline int session_accept(const struct translation_key *key, __u32 tcp_flags, struct translation *becomes)
{
	struct port_forward *forward;
	struct session_work *work = find_session_work();

	if (!key || !becomes || !work || tcp_flags & TCP_RST)
		return NOBODY_THERE;
	forward = find_port_forward(work, key);
	if (!forward)
		return NOBODY_THERE;
	__builtin_memset(becomes, 0, sizeof(*becomes));
	becomes->src = key->src;
	becomes->src_port_be = key->src_port_be;
	becomes->dst = forward->ip;
	becomes->dst_port_be = forward->port_be;
	session_twin(&work->twin, key, becomes);
	if (session_find(&work->twin, NULL))
		return TAKEN;
	session_keep(work, key, tcp_flags, becomes);
	return ACCEPTED;
}

#endif
