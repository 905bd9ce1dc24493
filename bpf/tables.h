/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The tables of one droplet, shared by all its programs: the loader hands both objects the same maps. The layout is ours: a
 * value holds what a hop needs and little more, for upstream's 532-byte values do not fit the caches (spec 11). harness/Bpf/Codecs
 * has one codec a table, and a test writes and reads every one of them back.
 */
#ifndef MIZAR_TABLES_H
#define MIZAR_TABLES_H

#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

/* Sizes are the loader's to change too (bpf_map__set_max_entries); a list's length is part of the layout. */
#ifndef LIST_MAX
#define LIST_MAX 128
#endif
#ifndef ENDPOINTS_MAX
#define ENDPOINTS_MAX 65537
#endif
#ifndef ENDPOINT_LISTS_MAX
#define ENDPOINT_LISTS_MAX 4096
#endif
#ifndef NETWORKS_MAX
#define NETWORKS_MAX 16385
#endif
#ifndef VPCS_MAX
#define VPCS_MAX 8192
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
#ifndef AGENT_SUBSTRATE_MAX
#define AGENT_SUBSTRATE_MAX 65536
#endif
#ifndef JUMP_MAX
#define JUMP_MAX 32
#endif

#define SLOT_ELSEWHERE (-1)
#define AGENT_NIC_SLOT 0

enum endpoint_type {
	ENDPOINT_SUBSTRATE = 0,
	ENDPOINT_SIMPLE = 1,
	ENDPOINT_SCALED = 2,
	ENDPOINT_GATEWAY = 3,
};

struct address_list {
	__u32 count;
	__be32 address[LIST_MAX];
};

/* Twelve bytes without a hole: keys are compared as bytes. */
struct endpoint_key {
	__u64 vni;
	__be32 ip;
} __attribute__((packed, aligned(4)));

struct endpoint {
	__be32 remote; /* the first of the list; 0 when it is empty */
	__s32 slot; /* of the devmap, or SLOT_ELSEWHERE */
	__u8 mac[6];
	__u8 type;
	__u8 remotes; /* length of the list; more than one are in endpoint_lists */
};

struct network_key {
	__u32 prefix_length; /* the VNI's 64 bits and the network's */
	__u64 vni;
	__be32 ip;
} __attribute__((packed, aligned(4)));

#define NETWORK_LOOKUP_BITS 96

struct host {
	__be32 ip;
	__u8 mac[6];
	__u8 pad[2];
};

struct interface_config {
	__s32 slot;
	__be32 ip;
	__u8 mac[6];
	__u8 present; /* for readers: an ARRAY has no absent rows, and programs take zeros for what they are (§3.5 row 1) */
	__u8 pad;
};

/* An agent is known by the interface its endpoint's frames come in by. */
struct agent {
	__u64 vni;
	__be32 endpoint_ip;
	__be32 nic_ip;
	__u8 nic_mac[6];
	__u8 pad[2];
	__u32 id;
	struct address_list bouncers;
};

struct agent_substrate_key {
	__u64 vni;
	__be32 ip;
	__u32 agent;
};

struct mac_value {
	__u8 mac[6];
	__u8 pad[2];
};

_Static_assert(sizeof(struct endpoint_key) == 12 && sizeof(struct network_key) == 16, "keys without holes");
_Static_assert(sizeof(struct endpoint) == 16 && sizeof(struct host) == 12, "hot values");

/* Slots of the jump table. Transit's stages keep upstream's numbers, behind its agent's. */
enum jump_slot {
	JUMP_TRANSIT = 0, /* from an agent, when the next hop is this droplet */
	/* 1 to 5 are left to the agent's statistics. */
	JUMP_STAGES = 16, /* 16 TX, 17 PASS, 18 REDIRECT, 19 DROP */
	JUMP_SCALED = 20,
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct interface_config);
} interface SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, ENDPOINTS_MAX);
	__type(key, struct endpoint_key);
	__type(value, struct endpoint);
} endpoints SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, ENDPOINT_LISTS_MAX);
	__type(key, struct endpoint_key);
	__type(value, struct address_list);
} endpoint_lists SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, NETWORKS_MAX);
	__type(key, struct network_key);
	__type(value, struct address_list);
} networks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, VPCS_MAX);
	__type(key, __u64);
	__type(value, struct address_list);
} vpcs SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, DIRECT_PATH_MAX);
	__type(key, struct endpoint_key);
	__type(value, struct host);
} direct_path SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, AGENTS_MAX);
	__type(key, __u32);
	__type(value, struct agent);
} agents SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, AGENT_SUBSTRATE_MAX);
	__type(key, struct agent_substrate_key);
	__type(value, struct mac_value);
} agent_substrate SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, SLOTS_MAX);
	__type(key, __u32);
	__type(value, __u32);
} slots SEC(".maps");

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

static __always_inline struct endpoint *find_endpoint(__u64 vni, __be32 ip)
{
	struct endpoint_key key = { .vni = vni, .ip = ip };

	return bpf_map_lookup_elem(&endpoints, &key);
}

/* The underlay's hosts are endpoints of VNI 0. */
static __always_inline struct endpoint *find_substrate(__be32 ip)
{
	return find_endpoint(0, ip);
}

static __always_inline struct host *find_direct_path(__u64 vni, __be32 ip)
{
	struct endpoint_key key = { .vni = vni, .ip = ip };

	return bpf_map_lookup_elem(&direct_path, &key);
}

/*
 * The address the hash picks, or NULL. Upstream divides by the length without a look at it; BPF's modulo by zero leaves the
 * hash itself, which is then refused as an index beyond the list (§3.6). An index inside it would find the zeros behind the end.
 */
static __always_inline __be32 *pick_address(struct address_list *list, __u32 hash)
{
	__u32 index = list->count ? hash % list->count : hash;

	return index < LIST_MAX ? &list->address[index] : NULL;
}

#endif
