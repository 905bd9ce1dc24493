/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The direct path (spec §3.7): which host an endpoint is at, learned from the RTS option. Upstream's entries hold until they are evicted (§8.1 P4);
 * ours are renewed by every frame that says the same, end when none does for a while, are not used while their host is unhealthy, and go
 * when the host sends a frame back (returned.h).
 */
#ifndef MIZAR_DIRECT_PATH_H
#define MIZAR_DIRECT_PATH_H

#include "clock.h"
#include "flags.h"
#include "overlay.h"
#include "peers.h"
#include "planted.h"
#include "switches.h"
#include "tables.h"
#include "trace.h"
#include "wire.h"

/* The host to send to without a bouncer or divider: an agent's first choice (§3.4 row 1), a divider's too (§3.6 router 3). */
static __always_inline struct cached_host *use_direct_path(__u64 vni, __be32 ip)
{
	struct cached_host *cached = find_direct_path(vni, ip);

	if (!cached)
		return NULL;
	if (on(SWITCH_DIRECT_PATH_LIFETIME) && age_of(now_ticks(), cached->seen) > settings.direct_path_lifetime)
		return NULL;
	if (on(SWITCH_HOST_HEALTH) && is_unhealthy_peer(cached->ip))
		return NULL;
	return cached;
}

static __always_inline int says_the_same(const struct cached_host *a, const struct cached_host *b)
{
	return a->ip == b->ip && same_mac(a->mac, b->mac) && a->crosses == b->crosses;
}

/* Whether a frame's RTS option names a host that is to be learned. */
static __always_inline int names_host(const struct rts_option *rts, __be32 own_ip)
{
	if (rts->head.type != OPTION_RTS)
		return 0;
	if (on(SWITCH_STANDARD_OPTIONS) && load32(rts->host_ip) == 0)
		return 0; /* reset */
	/* Upstream's divider learns itself as a host when a frame it has sent on comes back to it (§8.1 P31). */
	return !on(SWITCH_LOOP_GUARD) || load32(rts->host_ip) != own_ip;
}

static __always_inline void read_sender(const struct rts_option *rts, struct cached_host *sender)
{
	sender->ip = load32(rts->host_ip);
	store32(sender->mac, load32(rts->host_mac));
	*(__u16 *)&sender->mac[4] = rts->host_mac[4] | rts->host_mac[5] << 8; /* the option's MAC crosses 64 bytes of the frame (load_dst() says more) */
	sender->crosses = on(SWITCH_INNER_TTL) && !(rts->flags & RTS_SUBSTITUTED);
	sender->pad = 0;
	sender->seen = on(SWITCH_DIRECT_PATH_LIFETIME) ? now_ticks() : 0;
}

/*
 * Remembers which host the source is at: only from a set RTS option, and never for an endpoint that is known here. Upstream writes the entry with
 * every frame, some 150 ns. When it says so already it is only renewed, and then it does not matter either who is known here.
 */
static __always_inline void learn_direct_path(struct overlay *frame, __be32 src)
{
	struct cached_host learned, *known;
	struct direct_path_key key;

	if (!names_host(&frame->outer->rts, frame->own_ip))
		return;
	read_sender(&frame->outer->rts, &learned);
	direct_path_key_of(&key, frame->vni, src);
	known = direct_path_find(&key);
	if (known && says_the_same(known, &learned)) {
		/* A store only where it says something: the line stays shared by all CPUs in between. */
		if (known->seen != learned.seen)
			known->seen = learned.seen;
		return;
	}
	if (find_endpoint(frame->vni, src))
		return;
	if (!PLANTED_FORGOTTEN_WRITE && direct_path_write(&key, &learned, LEARNED_ANY) == 0)
		run_changed(CHANGED_DIRECT_PATH, &key, &learned);
}

#endif
