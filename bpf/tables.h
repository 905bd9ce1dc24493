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
#ifndef AGENTS_MAX
#define AGENTS_MAX 1024
#endif
#ifndef AGENT_WORDS
#define AGENT_WORDS 2048
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
 * members in their order, behind them, with Maglev, its table of `slots` members; else `slots` is 0. `reciprocal` is 2^64 by
 * what a hash is divided by, `slots` or else `count`, rounded up (remainder_by()); of backends it is not set.
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

/* What an agent has wired; upstream's have a jump table and a devmap each (§3.1). AgentLinks of Tables.cs. */
enum agent_links {
	AGENT_LINK_NIC = 1,
	AGENT_LINK_TRANSIT = 2,
	AGENT_LINK_REDIRECT_STATISTICS = 4,
	AGENT_LINK_PASS_STATISTICS = 8,
	AGENT_LINK_DROP_STATISTICS = 16,
	AGENT_LINK_ABORTED_TO_PASS = 32,
	AGENT_LINK_ABORTED_TO_DROP = 64,
	AGENT_LINKS_STATISTICS = 4 | 8 | 16 | 32 | 64,
	AGENT_LINKS_USUAL = AGENT_LINK_NIC | AGENT_LINK_TRANSIT,
};

enum agent_flags {
	AGENT_OVERRIDES_MAC = 1, /* mac_override is not zero */
	AGENT_HAS_EGRESS_POLICY = 2,
	AGENT_HAS_INGRESS_POLICY = 4,
	AGENT_IS_PROXIED = 8,
	AGENT_IS_OUTSIDE = 16, /* its endpoint stands for the outside (outside.h) */
	AGENT_IS_PREMIUM = 32, /* so says its TOS */
	AGENT_IS_LIMITED = 64, /* bytes_per_second is not 0 */
};

/* Words of eight bytes that an encapsulated frame begins with, of which an agent's row has those that are, or nearly are, the same in all its frames. */
enum tunnel_word {
	TUNNEL_MACS = 0, /* the destination's MAC and the source's first two bytes, of which the row has these */
	TUNNEL_SOURCE = 1, /* the source's other four, Ethernet type, version and TOS */
	TUNNEL_LENGTH = 2, /* IPv4's length, identification, fragment, TTL, protocol */
	TUNNEL_ADDRESSES = 3, /* checksum, source, two bytes of the destination */
	TUNNEL_PORTS = 4, /* the other two, UDP's ports and length */
	TUNNEL_GENEVE = 5, /* its checksum, Geneve but for two bytes */
	TUNNEL_RTS = 6, /* these, the RTS option's head, flags, a byte of the address */
	TUNNEL_HOST = 7, /* the other three, five bytes of the MAC */
	TUNNEL_SCALED = 8, /* the last, padding, the scaled option's head, two bytes of nothing */
	TUNNEL_LABELS = 12, /* two more, the pod label's option */
	TUNNEL_NAMESPACE = 13, /* its last two bytes, the namespace label's option but for two */
};

#define TUNNEL_TAIL_AT 112

/*
 * An agent is known by the interface its endpoint's frames come in by. What every frame needs is in its first two cache lines: who its endpoint is, and what its
 * tunnel looks like.
 */
struct agent {
	__u64 vni;
	__be32 nic_ip;
	__u8 links;
	__u8 flags;
	__u16 tail; /* the last two bytes of the tunnel's header */
	__be32 endpoint_ip;
	__u32 id;
	struct list bouncers; /* of the hosts as this agent knows their MACs (Tables.AgentSubstrate) */
	__u8 endpoint_mac[6];
	__u8 gateway_mac[6];
	__be32 gateway;
	__u32 burst_bytes;
	__u32 pod_label;
	/* 64 bytes: words of its tunnel. The TOS is that of its class and priority. */
	__u64 macs;
	__u64 source;
	__u64 geneve;
	__u64 rts;
	__u64 host;
	__u64 scaled;
	__u64 labels;
	__u64 namespace;
	/* 128 bytes. */
	__u64 bytes_per_second; /* token bucket; 0: no limit */
	__u32 namespace_label;
	__u32 class_and_priority;
	__u8 nic_mac[6];
	__u8 mac_override[6];
	__u8 pad[36];
};

/* The one of a droplet that stands in agent_rows' first place: where nobody has programmed an agent. */
#define AGENT_UNPROGRAMMED 0

_Static_assert(sizeof(struct endpoint_key) == 12 && sizeof(struct network_key) == 16, "keys without holes");
_Static_assert(sizeof(struct endpoint) == 16 && sizeof(struct host) == 16 && sizeof(struct cached_host) == 16, "hot values");
_Static_assert(sizeof(struct list) == 16 && sizeof(struct network) == 40 && sizeof(struct agent) == 192, "harness/Bpf/Codecs");
_Static_assert(__builtin_offsetof(struct agent, macs) == 64 && __builtin_offsetof(struct agent, bytes_per_second) == 128, "harness/Bpf/Codecs");

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

/*
 * Tables that are one value, the whole of them: a program has their begin before it knows which row it wants, and then waits for the row alone, where an ARRAY's key
 * is stored and loaded first, two nanoseconds in a chain of loads.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, HOSTS_MAX * sizeof(struct host));
} hosts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, PICKS_MAX * sizeof(__u32));
} picks SEC(".maps");

_Static_assert((HOSTS_MAX & (HOSTS_MAX - 1)) == 0 && (PICKS_MAX & (PICKS_MAX - 1)) == 0, "masks");

static __always_inline void *whole_of(void *map)
{
	__u32 zero = 0;

	return (bpf_map_lookup_elem)(map, &zero);
}

/* A flat table, and what stands beside it. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, ENDPOINT_BUCKETS);
	__type(key, __u32);
	__type(value, struct flat_bucket);
} endpoints SEC(".maps");

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

/*
 * Agents are found by the interface their frames come in by: its low bits name a word, with the interface again and the place of the agent's row. Interfaces that are
 * plugged in one after the other have words of their own; of two that share one, the later stands in a hash beside. Only user space writes
 * (harness/Bpf/Codecs/AgentRows.cs): a row that changes is a new one, and its word names another place.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, AGENT_WORDS);
	__type(key, __u32);
	__type(value, __u64); /* interface, place << 32 */
} agent_places SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, AGENTS_MAX);
	__type(key, __u32);
	__type(value, __u32);
} agent_places_more SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, AGENTS_MAX);
	__type(key, __u32);
	__type(value, struct agent);
} agents SEC(".maps");

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
	return elsewhere ? flat_value(&endpoints, find_endpoint_place(vni, ip)) : near;
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

/* NULL is out of the question: user space writes no index beyond the end. */
static __always_inline struct host *find_host(__u32 index)
{
	struct host *all = whole_of(&hosts);

	return all ? all + (index & (HOSTS_MAX - 1)) : NULL; /* no index is beyond: for the verifier */
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

/* Where the row of an agent stands whose word is another's. */
__attribute__((noinline)) __u32 find_agent_beside(__u32 ifindex)
{
	__u32 *place = bpf_map_lookup_elem(&agent_places_more, &ifindex);

	return place ? *place : AGENT_UNPROGRAMMED;
}

/* The agent of an interface. One that nobody has programmed is one of zeros, wired like the others: upstream's metadata is an ARRAY (spec §3.2 row 1). */
static __always_inline struct agent *find_agent_of(__u32 ifindex)
{
	__u32 at = ifindex & settings.agent_mask, place;
	volatile __u64 *word = bpf_map_lookup_elem(&agent_places, &at);
	__u64 found = word ? *word : 0;

	count_lookup(1);
	place = (__u32)found == ifindex ? found >> 32 : find_agent_beside(ifindex);
	return bpf_map_lookup_elem(&agents, &place);
}

/* Ids are 1 and up. */
static __always_inline int is_programmed(const struct agent *agent)
{
	return agent->id != 0;
}

/* The agent behind a slot of `slots`, i.e. that of an endpoint hosted here; or NULL. */
static __always_inline struct agent *find_agent_at(__s32 slot)
{
	__u32 index = slot, *ifindex = bpf_map_lookup_elem(&slot_interfaces, &index);

	return ifindex ? find_agent_of(*ifindex) : NULL;
}

static __always_inline __u32 *pick_at(__u32 index)
{
	__u32 *all = whole_of(&picks);

	return all ? all + (index & (PICKS_MAX - 1)) : NULL;
}

/*
 * The backends of a scaled endpoint, whose list has no room in the row: a word of count and slots stands in front of it. The
 * picked are addresses of the overlay. An endpoint without backends has a list of none.
 */
static __always_inline void read_backends(const struct endpoint *endpoint, struct list *list)
{
	__u32 *head = endpoint->flags & ENDPOINT_HAS_REMOTE ? pick_at(endpoint->backends) : NULL;

	list->offset = endpoint->backends + 1;
	list->reciprocal = 0;
	list->count = head ? *head & 0xffff : 0;
	list->slots = head ? *head >> 16 : 0;
}

#endif
