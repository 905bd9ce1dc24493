/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Programs of ours over upstream's tables: the maps, keys, values and names of spec §3.15, one agent object an endpoint, caches reached through
 * arrays of maps. They are no product: they prove that a data plane which is not encoded as ours is can be put under test by a profile alone
 * (profiles/upstream.profile.yaml), and they are a second reading of spec 02 and 03, written for themselves.
 * Dialect `mizar` only; upstream's quirks are where the spec has them.
 */
#ifndef UPSTREAM_LAYOUT_H
#define UPSTREAM_LAYOUT_H

#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#define LIST_ROOM 128
#define HOSTED_ELSEWHERE (-1)

enum { TYPE_SUBSTRATE, TYPE_SIMPLE, TYPE_SCALED, TYPE_GATEWAY };

struct endpoint_key {
	__u64 vni;
	__be32 ip;
} __attribute__((packed));

struct endpoint {
	__u32 type;
	__u32 nremote;
	__be32 remote[LIST_ROOM];
	__s32 hosted;
	__u8 mac[6];
	__u8 pad[2];
} __attribute__((packed));

struct network_key {
	__u32 prefix_length; /* 64 and the network's */
	__u64 vni;
	__be32 ip;
} __attribute__((packed));

struct network {
	__u32 prefix_length; /* the network's */
	__u64 vni;
	__be32 ip;
	__u32 nswitches;
	__be32 switches[LIST_ROOM];
} __attribute__((packed));

struct vpc {
	__u32 nrouters;
	__be32 routers[LIST_ROOM];
} __attribute__((packed));

struct port_key {
	__u64 vni;
	__be32 ip;
	__be16 port;
	__u8 protocol;
} __attribute__((packed));

struct target_port {
	__be16 port;
	__u8 pad[2];
} __attribute__((packed));

struct nic {
	__s32 slot;
	__be32 ip;
	__u8 mac[6];
	__u8 pad[2];
} __attribute__((packed));

struct cached_host {
	__be32 ip;
	__u8 mac[6];
} __attribute__((packed));

struct tuple {
	__be32 src;
	__be32 dst;
	__be16 sport;
	__be16 dport;
	__u8 protocol;
} __attribute__((packed));

struct translation {
	__be32 src;
	__be32 dst;
	__be16 sport;
	__be16 dport;
	__u8 src_mac[6];
	__u8 dst_mac[6];
} __attribute__((packed));

struct connection_key {
	__u64 vni;
	struct tuple tuple;
} __attribute__((packed));

struct metadata {
	struct nic nic;
	struct network_key network_key;
	struct network network;
	struct endpoint_key endpoint_key;
	struct endpoint endpoint;
	__u8 mac_override[8];
} __attribute__((packed));

struct packet_metadata {
	__u32 pod_label;
	__u32 namespace_label;
	__u64 bandwidth;
	__u32 class_priority;
} __attribute__((packed));

struct tx_stats {
	__u64 redirect_bytes, expedited_bytes, pass_bytes, drop_bytes;
	__u32 redirect_packets, expedited_packets, pass_packets, drop_packets;
} __attribute__((packed, aligned(8)));

_Static_assert(sizeof(struct endpoint_key) == 12 && sizeof(struct endpoint) == 532, "§3.15");
_Static_assert(sizeof(struct network_key) == 16 && sizeof(struct network) == 532 && sizeof(struct vpc) == 516, "§3.15");
_Static_assert(sizeof(struct port_key) == 15 && sizeof(struct nic) == 16 && sizeof(struct cached_host) == 10, "§3.15");
_Static_assert(sizeof(struct tuple) == 13 && sizeof(struct translation) == 24 && sizeof(struct connection_key) == 21, "§3.15");
_Static_assert(sizeof(struct metadata) == 1116 && sizeof(struct packet_metadata) == 20 && sizeof(struct tx_stats) == 48, "§3.15");

#define MAP(kind, map, most, key_type, value_type)                                                                                          \
	struct {                                                                                                                             \
		__uint(type, kind);                                                                                                          \
		__uint(max_entries, most);                                                                                                   \
		__type(key, key_type);                                                                                                       \
		__type(value, value_type);                                                                                                   \
	} map SEC(".maps")

/* A trie is never preallocated. */
#define TRIE(map, most, key_type, value_type)                                                                                                \
	struct {                                                                                                                             \
		__uint(type, BPF_MAP_TYPE_LPM_TRIE);                                                                                         \
		__uint(map_flags, BPF_F_NO_PREALLOC);                                                                                        \
		__uint(max_entries, most);                                                                                                   \
		__type(key, key_type);                                                                                                       \
		__type(value, value_type);                                                                                                   \
	} map SEC(".maps")

/* An array of maps of one element; which map, the loader says. */
#define REFERENCE(map)                                                                                                                       \
	struct {                                                                                                                             \
		__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);                                                                                    \
		__uint(max_entries, 1);                                                                                                      \
		__uint(key_size, sizeof(__u32));                                                                                             \
		__uint(value_size, sizeof(__u32));                                                                                           \
	} map##_ref SEC(".maps")

static __always_inline void *referred(void *reference)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(reference, &zero);
}

#endif
