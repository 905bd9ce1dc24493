/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Network policy and conntrack (spec §3.2 row 5, §3.6 row 2, §3.10), over the maps that transit and all agents of a droplet share. */
#ifndef UPSTREAM_POLICY_H
#define UPSTREAM_POLICY_H

#include "layout.h"

#define MILLION 1048576

struct policy_port_key {
	__u64 vni;
	__be32 ip;
	__u8 protocol;
	__be16 port;
} __attribute__((packed));

struct policy_cidr_key {
	__u32 prefix_length; /* 96 and the remote's */
	__u64 vni;
	__be32 local;
	__be32 remote;
} __attribute__((packed));

struct label_key {
	__u64 vni;
	__u32 label;
} __attribute__((packed));

struct labels_key {
	__u64 vni;
	__u32 pod;
	__u32 namespace;
} __attribute__((packed));

MAP(BPF_MAP_TYPE_HASH, eg_vsip_enforce_map, 1024, struct endpoint_key, __u8);
MAP(BPF_MAP_TYPE_HASH, eg_vsip_ppo_map, MILLION, struct policy_port_key, __u64);
TRIE(eg_vsip_prim_map, MILLION, struct policy_cidr_key, __u64);
TRIE(eg_vsip_supp_map, MILLION, struct policy_cidr_key, __u64);
TRIE(eg_vsip_except_map, MILLION, struct policy_cidr_key, __u64);
MAP(BPF_MAP_TYPE_HASH, ing_vsip_enforce_map, 1024, struct endpoint_key, __u8);
MAP(BPF_MAP_TYPE_HASH, ing_vsip_ppo_map, MILLION, struct policy_port_key, __u64);
TRIE(ing_vsip_prim_map, MILLION, struct policy_cidr_key, __u64);
TRIE(ing_vsip_supp_map, MILLION, struct policy_cidr_key, __u64);
TRIE(ing_vsip_except_map, MILLION, struct policy_cidr_key, __u64);
MAP(BPF_MAP_TYPE_HASH, ing_pod_label_policy_map, MILLION, struct label_key, __u64);
MAP(BPF_MAP_TYPE_HASH, ing_namespace_label_policy_map, MILLION, struct label_key, __u64);
MAP(BPF_MAP_TYPE_HASH, ing_pod_and_namespace_label_policy_map, MILLION, struct labels_key, __u64);
MAP(BPF_MAP_TYPE_LRU_HASH, conn_track_cache, 50000, struct connection_key, __u8);

enum { STATE_DENIED = 1, STATE_ONE_DIRECTION = 2, STATE_REEVALUATE = 4 };

static __always_inline __u64 bits_of(__u64 *found)
{
	return found ? *found : 0;
}

static __always_inline int is_enforced(void *map, __u64 vni, __be32 ip)
{
	struct endpoint_key key = { .vni = vni, .ip = ip };
	__u8 *flag = bpf_map_lookup_elem(map, &key);

	return flag && *flag;
}

static __always_inline __u64 port_bits(void *map, __u64 vni, __be32 ip, __u8 protocol, __be16 port)
{
	struct policy_port_key key = { .vni = vni, .ip = ip };
	__u64 any = bits_of(bpf_map_lookup_elem(map, &key));

	key.protocol = protocol;
	key.port = port;
	return any | bits_of(bpf_map_lookup_elem(map, &key));
}

static __always_inline int cidr_allows(void *primary, void *supplementary, void *except, __u64 vni, __be32 local, __be32 remote, __u64 bits)
{
	struct policy_cidr_key key = { .prefix_length = 128, .vni = vni, .local = local, .remote = remote };

	if (bits_of(bpf_map_lookup_elem(primary, &key)) & bits)
		return 1;
	return (bits_of(bpf_map_lookup_elem(supplementary, &key)) & ~bits_of(bpf_map_lookup_elem(except, &key)) & bits) != 0;
}

static __always_inline int egress_allows(__u64 vni, const struct tuple *tuple)
{
	__u64 bits;

	if (!is_enforced(&eg_vsip_enforce_map, vni, tuple->src))
		return 1;
	bits = port_bits(&eg_vsip_ppo_map, vni, tuple->src, tuple->protocol, tuple->dport);
	return bits && cidr_allows(&eg_vsip_prim_map, &eg_vsip_supp_map, &eg_vsip_except_map, vni, tuple->src, tuple->dst, bits);
}

static __always_inline int labels_allow(__u64 vni, __u32 pod, __u32 namespace, __u64 bits)
{
	struct label_key key = { .vni = vni, .label = pod };
	struct labels_key both = { .vni = vni, .pod = pod, .namespace = namespace };

	if (pod && bits_of(bpf_map_lookup_elem(&ing_pod_label_policy_map, &key)) & bits)
		return 1;
	key.label = namespace;
	if (namespace && bits_of(bpf_map_lookup_elem(&ing_namespace_label_policy_map, &key)) & bits)
		return 1;
	return pod && namespace && bits_of(bpf_map_lookup_elem(&ing_pod_and_namespace_label_policy_map, &both)) & bits;
}

static __always_inline int ingress_allows(__u64 vni, const struct tuple *tuple, __u32 pod, __u32 namespace)
{
	__u64 bits;

	if (!is_enforced(&ing_vsip_enforce_map, vni, tuple->dst))
		return 1;
	bits = port_bits(&ing_vsip_ppo_map, vni, tuple->dst, tuple->protocol, tuple->dport);
	if (!bits)
		return 0;
	return labels_allow(vni, pod, namespace, bits) ||
	       cidr_allows(&ing_vsip_prim_map, &ing_vsip_supp_map, &ing_vsip_except_map, vni, tuple->dst, tuple->src, bits);
}

static __always_inline void reverse(struct tuple *to, const struct tuple *from)
{
	to->src = from->dst;
	to->dst = from->src;
	to->sport = from->dport;
	to->dport = from->sport;
	to->protocol = from->protocol;
}

static __always_inline void track(__u64 vni, const struct tuple *tuple, int allowed)
{
	struct connection_key key = { .vni = vni, .tuple = *tuple };
	__u8 state = (tuple->protocol == 17 ? STATE_REEVALUATE : 0) | (allowed ? 0 : STATE_DENIED);

	bpf_map_update_elem(&conn_track_cache, &key, &state, BPF_ANY);
}

#endif
