/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The tables of one droplet, shared by all its programs: the loader hands all objects the same maps. The layout is ours: a
 * value holds what a hop needs and little more, for upstream's 532-byte values do not fit the caches (spec 11). harness/Bpf/Codecs
 * has one codec a table, and a test writes and reads every one of them back.
 *
 * Underlay hosts and lists stand apart, each in an ARRAY, whose lookups the kernel inlines (some 2 ns where a hash takes 25):
 * a row names a host by its index in `hosts`, and a list by its place in `picks`. User space writes a new list beside the old
 * one and then the row that names it, so that no frame sees half a list.
 */
#ifndef MIZAR_TABLES_H
#define MIZAR_TABLES_H

#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

#include "count.h"
#include "droplet.h"
#include "flat.h"
#include "learned.h"
#include "settings.h"
#include "whole.h"

/* Sizes are the loader's to change too (bpf_map__set_max_entries). */
#ifndef ENDPOINT_BUCKETS
#define ENDPOINT_BUCKETS 65536
#endif
#ifndef ENDPOINTS_MORE_MAX
#define ENDPOINTS_MORE_MAX 16384
#endif
#ifndef NETWORKS_MAX
#define NETWORKS_MAX 16385
#endif
#ifndef VPCS_MAX
#define VPCS_MAX 8192
#endif
#ifndef HOSTS_MAX
#define HOSTS_MAX 65536
#endif
#ifndef PICKS_MAX
#define PICKS_MAX 262144
#endif
#ifndef DIRECT_PATH_MAX
#define DIRECT_PATH_MAX 50000
#endif
#ifndef SLOTS_MAX
#define SLOTS_MAX 128
#endif
#ifndef AGENT_SLOTS_MAX
#define AGENT_SLOTS_MAX 1
#endif
#ifndef JUMP_MAX
#define JUMP_MAX 32
#endif

/* Addresses in a list, upstream's limit (§3.15); also what its quirk with an empty list ends at, see pick_host(). */
#define LIST_MAX 128

#define SLOT_ELSEWHERE (-1)
#define AGENT_NIC_SLOT 0

enum endpoint_type {
	ENDPOINT_SUBSTRATE = 0,
	ENDPOINT_SIMPLE = 1,
	ENDPOINT_SCALED = 2,
	ENDPOINT_GATEWAY = 3,
};

/* An underlay address and its MAC. */
struct host {
	__u8 mac[6];
	__u8 present; /* the MAC is known: there is a substrate row */
	__u8 pad;
	__be32 ip;
	__u32 pad2;
};

/* 0.0.0.0, as transit knows it: what an empty list is read as (§3.6). */
#define HOST_NONE 0

/*
 * A list of bouncers or dividers, host indexes, or of backends, addresses of the overlay. In `picks`, from `offset` on: the
 * members in their order, behind them, with Maglev, its table of `slots` members; else `slots` is 0. `reciprocal` is 2^48 by
 * what a hash is divided by, `slots` or else `count`, rounded up, in the upper 48 bits (remainder_by()).
 */
struct list {
	__u32 offset;
	__u16 count;
	__u16 slots;
	__u64 reciprocal;
};

/* Twelve bytes without a hole: keys are compared as bytes. */
struct endpoint_key {
	__u64 vni;
	__be32 ip;
} __attribute__((packed, aligned(4)));

enum endpoint_flags {
	ENDPOINT_HAS_REMOTE = 1, /* its list is not empty, `host` is the first of it */
	ENDPOINT_HAS_INGRESS_POLICY = 2,
	ENDPOINT_IS_PROXIED = 4, /* hosted here, and given its frames in their tunnel: deliver.h, proxied.h */
	ENDPOINT_HAS_EGRESS_POLICY = 8,
	ENDPOINT_IS_OUTSIDE = 16, /* outside.h */
};

struct endpoint {
	union {
		__u32 host; /* index of the remote host */
		__u32 backends; /* ENDPOINT_SCALED: the place in `picks` that read_backends() knows */
	};
	__s32 slot; /* of the devmap, or SLOT_ELSEWHERE */
	__u8 mac[6];
	__u8 type;
	__u8 flags;
};

struct network_key {
	__u32 prefix_length; /* the VNI's 64 bits and the network's */
	__u64 vni;
	__be32 ip;
} __attribute__((packed, aligned(4)));

#define NETWORK_LOOKUP_BITS 96

struct network {
	struct list bouncers;
	__u64 peer_vni; /* what its bouncers know it under, when another VPC's, peered with this one; else 0 */
	__be32 gateway; /* where ICMP errors to its endpoints come from; 0: none are sent */
	__u8 gateway_mac[6];
	__u8 guarded;
	__u8 outside; /* no network of the VPC, but what lies outside it */
	__u8 pad[4];
};

/* An endpoint, as keys of learned tables are (learned.h). */
struct direct_path_key {
	__u64 vni;
	__be32 ip;
	__u32 pad;
	__u64 pad2;
};

/* A direct-path entry. */
struct cached_host {
	__be32 ip;
	__u8 mac[6];
	__u8 crosses; /* the way there leaves the network without passing a divider */
	__u8 pad;
	__u32 seen; /* ticks, clock.h */
} __attribute__((aligned(8)));

_Static_assert(sizeof(struct endpoint_key) == 12 && sizeof(struct network_key) == 16, "keys without holes");
_Static_assert(sizeof(struct endpoint) == 16 && sizeof(struct host) == 16 && sizeof(struct cached_host) == 16, "hot values");
_Static_assert(sizeof(struct list) == 16 && sizeof(struct network) == 40, "harness/Bpf/Codecs");

/* Slots of the jump table. Transit's stages keep upstream's numbers, behind its agent's. */
enum jump_slot {
	JUMP_TRANSIT = 0, /* from an agent, when the next hop is this droplet */
	/* 1 to 5 are left to the agent's statistics. */
	JUMP_STAGES = 16,
	JUMP_TX = JUMP_STAGES + 0,
	JUMP_PASS = JUMP_STAGES + 1,
	JUMP_REDIRECT = JUMP_STAGES + 2,
	JUMP_DROP = JUMP_STAGES + 3,
	JUMP_SCALED = JUMP_STAGES + 4,
	JUMP_ABORTED = JUMP_STAGES + 5, /* ours (SWITCH_COMPLETE_STAGES) */
};

WHOLE_TABLE(hosts, struct host, HOSTS_MAX);
WHOLE_TABLE(picks, __u32, PICKS_MAX);

_Static_assert((HOSTS_MAX & (HOSTS_MAX - 1)) == 0 && (PICKS_MAX & (PICKS_MAX - 1)) == 0, "masks");

/* A flat table, and what stands beside it. */
WHOLE_TABLE(endpoints, struct flat_bucket, ENDPOINT_BUCKETS);

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, ENDPOINTS_MORE_MAX);
	__type(key, struct endpoint_key);
	__type(value, __u32); /* the row's place */
} endpoints_more SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, NETWORKS_MAX);
	__type(key, struct network_key);
	__type(value, struct network);
} networks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, VPCS_MAX);
	__type(key, __u64);
	__type(value, struct list);
} vpcs SEC(".maps");

LEARNED_MAPS(direct_path, DIRECT_PATH_MAX);
LEARNED_TABLE(direct_path, settings.direct_path_mask, struct direct_path_key, struct cached_host)

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, SLOTS_MAX);
	__type(key, __u32);
	__type(value, __u32);
} slots SEC(".maps");

/* The interface in each of `slots`, which a program cannot read there; 0: none. As many entries as `slots`. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SLOTS_MAX);
	__type(key, __u32);
	__type(value, __u32);
} slot_interfaces SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, AGENT_SLOTS_MAX);
	__type(key, __u32);
	__type(value, __u32);
} agent_slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, JUMP_MAX);
	__type(key, __u32);
	__type(value, __u32);
} jump SEC(".maps");

/* Where its row stands (flat.h). */
__attribute__((noinline)) __u32 find_endpoint_place(__u64 vni, __u32 ip)
{
	struct endpoint_key key = { .vni = vni, .ip = ip };
	__u32 place, *behind;
	int beside;

	place = flat_search_surely(&endpoints, FLAT_ENDPOINTS, settings.endpoint_mask, vni, ip | FLAT_USED, &beside);
	if (place != FLAT_NONE || !beside)
		return place;
	behind = bpf_map_lookup_elem(&endpoints_more, &key);
	return behind ? *behind : FLAT_NONE;
}

static __always_inline struct endpoint *find_endpoint(__u64 vni, __be32 ip)
{
	struct endpoint *near;
	int elsewhere;

	count_lookup(1);
	near = flat_near(&endpoints, FLAT_ENDPOINTS, settings.endpoint_mask, vni, ip | FLAT_USED, &elsewhere);
	return elsewhere ? flat_value(&endpoints, settings.endpoint_last, find_endpoint_place(vni, ip)) : near;
}

/* What a prefix table is searched by, its address on eight bytes: the kernel compares it by such words, which two narrower stores would hold up (wire.h). */
struct network_search {
	__u32 pad;
	__u32 prefix_length;
	__u64 vni;
	__u64 ip;
};

/* The network of an address, of several the narrowest; or NULL. */
static __always_inline struct network *find_network(__u64 vni, __be32 ip)
{
	struct network_search search = { .prefix_length = NETWORK_LOOKUP_BITS, .vni = vni, .ip = ip };

	return bpf_map_lookup_elem(&networks, (struct network_key *)&search.prefix_length);
}

/* Never NULL. User space writes no index beyond the end: the mask is for the verifier. */
static __always_inline struct host *find_host(__u32 index)
{
	return whole_at(&hosts, (index & (HOSTS_MAX - 1)) * sizeof(struct host));
}

static __always_inline void direct_path_key_of(struct direct_path_key *key, __u64 vni, __be32 ip)
{
	__u64 *words = (__u64 *)key; /* stored whole (wire.h) */

	words[0] = vni;
	words[1] = ip;
	words[2] = 0;
}

static __always_inline struct cached_host *find_direct_path(__u64 vni, __be32 ip)
{
	struct direct_path_key key;

	direct_path_key_of(&key, vni, ip);
	return direct_path_find(&key);
}

static __always_inline __u32 *pick_at(__u32 index)
{
	return whole_at(&picks, (index & (PICKS_MAX - 1)) * sizeof(__u32));
}

/* What stands in front of a list of backends, whose row has no room for it; in `picks` at a multiple of its own size, in words as all there. */
struct backends_head {
	__u16 count;
	__u16 slots;
	__u32 pad;
	__u64 reciprocal;
};

#define BACKENDS_HEAD_WORDS (sizeof(struct backends_head) / sizeof(__u32))

/* The backends of a scaled endpoint: the picked are addresses of the overlay. One without backends has a list of none. */
static __always_inline void read_backends(const struct endpoint *endpoint, struct list *list)
{
	const struct backends_head *head = whole_at(&picks, (endpoint->backends & (PICKS_MAX - BACKENDS_HEAD_WORDS)) * sizeof(__u32));

	list->offset = endpoint->backends + BACKENDS_HEAD_WORDS;
	list->reciprocal = head->reciprocal;
	list->count = endpoint->flags & ENDPOINT_HAS_REMOTE ? head->count : 0;
	list->slots = head->slots;
}

#endif
