/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The tables of scaled endpoints: a service's ports, and the client host's NAT caches. harness/Bpf/Codecs has a codec for each. */
#ifndef MIZAR_NAT_TABLES_H
#define MIZAR_NAT_TABLES_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "flat.h"
#include "learned.h"
#include "parse.h"
#include "switches.h"

#ifndef SERVICE_PORT_BUCKETS
#define SERVICE_PORT_BUCKETS 65536
#endif
#ifndef SERVICE_PORTS_MORE_MAX
#define SERVICE_PORTS_MORE_MAX 16384
#endif
/* Of each of the two caches: upstream's (spec §3.1), as in the model; of the dialect lab the loader makes it what simulator/DataPlane/TableSizes says. */
#ifndef NAT_MAX
#define NAT_MAX 50000
#endif

/* What a service's port has. */
struct service_port {
	__be16 target_be;
	__be16 pad;
	__u32 pad2[3];
};

struct nat_key {
	__u64 vni; /* 0 without SWITCH_VNI_IN_NAT_KEYS: upstream's caches know no VNI (§8.1 P9) */
	__be32 src;
	__be32 dst;
	__be16 src_port_be;
	__be16 dst_port_be;
	__u8 protocol;
	__u8 direction; /* enum nat_direction */
	__u8 pad[2];
};

/* What a frame of the flow becomes. Both MACs begin at a multiple of four: on the stack the verifier refuses other words. */
struct nat_value {
	__be32 src;
	__be32 dst;
	__be16 src_port_be;
	__be16 dst_port_be;
	__u8 src_mac[6];
	__u8 state; /* enum nat_state */
	__u8 pad;
	__u8 dst_mac[6];
	__u8 pad2[2];
	__u32 seen; /* ticks, clock.h */
} __attribute__((aligned(8)));

/* By words (flow.h), for it is copied by words. Used by nobody yet, in no state. */
static __always_inline void set_nat_value(struct nat_value *value, __u64 addresses, __u64 ports, const __u8 *src_mac, const __u8 *dst_mac)
{
	__u64 *words = (__u64 *)value;

	words[0] = addresses;
	words[1] = ports | (__u64)load32(src_mac) << 32;
	words[2] = *(const __u16 *)(src_mac + 4) | (__u64)load32(dst_mac) << 32;
	words[3] = *(const __u16 *)(dst_mac + 4);
}

_Static_assert(__builtin_offsetof(struct nat_value, src_mac) == 12 && __builtin_offsetof(struct nat_value, dst_mac) == 20, "set_nat_value()");
_Static_assert(__builtin_offsetof(struct nat_key, direction) == 21, "nat_key_of()");
_Static_assert(sizeof(struct service_port) == 16 && sizeof(struct nat_key) == 24 && sizeof(struct nat_value) == 32, "harness/Bpf/Codecs");

/* A flat table (flat.h), whose keys have protocol and port above the address, and what stands beside it. */
WHOLE_TABLE(service_ports, struct flat_bucket, SERVICE_PORT_BUCKETS);

struct service_port_key {
	__u64 vni;
	__u64 port; /* service_port_word() */
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, SERVICE_PORTS_MORE_MAX);
	__type(key, struct service_port_key);
	__type(value, __u32); /* the row's place */
} service_ports_more SEC(".maps");

static __always_inline __u64 service_port_word(__be32 ip, __be16 port_be, __u8 protocol)
{
	return ip | FLAT_USED | (__u64)protocol << 40 | (__u64)port_be << 48;
}

/* Where its row stands (flat.h). */
__attribute__((noinline)) __u32 find_service_port_place(__u64 vni, __u64 port)
{
	struct service_port_key key = { .vni = vni, .port = port };
	__u32 place, *behind;
	int beside;

	place = flat_search_surely(&service_ports, FLAT_SERVICE_PORTS, settings.service_port_mask, vni, port, &beside);
	if (place != FLAT_NONE || !beside)
		return place;
	behind = bpf_map_lookup_elem(&service_ports_more, &key);
	return behind ? *behind : FLAT_NONE;
}

static __always_inline struct service_port *find_service_port(__u64 vni, __be32 ip, __be16 port_be, __u8 protocol)
{
	__u64 port = service_port_word(ip, port_be, protocol);
	struct service_port *near;
	int elsewhere;

	count_lookup(1);
	near = flat_near(&service_ports, FLAT_SERVICE_PORTS, settings.service_port_mask, vni, port, &elsewhere);
	return elsewhere ? flat_value(&service_ports, settings.service_port_last, find_service_port_place(vni, port)) : near;
}

/* Where that is rare. */
static __always_inline int has_service_port(__u64 vni, __be32 ip, __be16 port_be, __u8 protocol)
{
	count_lookup(1);
	return find_service_port_place(vni, service_port_word(ip, port_be, protocol)) != FLAT_NONE;
}

/*
 * What transit tail-called the stage for, so that the stage need not search nor read again. The hash is the longest of its affairs, two rounds of mixing each of which waits for the one
 * before: begun in transit it is done when the stage divides by the number of backends. A CPU runs one frame at a time.
 */
struct called_service {
	struct endpoint service;
	struct flow flow; /* of what was read as IPv4; the TTL is the one it came with */
	__u32 hash; /* of the client, TIER_BACKEND */
	__u32 pad;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct called_service);
} called_service SEC(".maps");

enum nat_direction {
	NAT_FORWARD = 0, /* the client's frames */
	NAT_REVERSE = 1, /* the backends' */
};

/* Both caches. */
LEARNED_MAPS(nat, 2 * NAT_MAX);
LEARNED_TABLE(nat, settings.nat_mask, struct nat_key, struct nat_value)

static __always_inline struct called_service *find_called_service(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&called_service, &zero);
}

static __always_inline void nat_key_of(struct nat_key *key, enum nat_direction direction, __u64 vni, const struct flow *flow)
{
	__u64 *words = (__u64 *)key;

	words[0] = on(SWITCH_VNI_IN_NAT_KEYS) ? vni & 0xffffff : 0;
	words[1] = addresses_word(flow->src, flow->dst);
	words[2] = ports_word(flow->src_port_be, flow->dst_port_be, flow->protocol) | (__u64)direction << 40;
}

/* What an entry makes of a flow, the other way round, is what the other direction's frames look like. */
static __always_inline void nat_twin_of(struct nat_key *twin, const struct nat_key *key, const struct nat_value *value)
{
	__u64 *words = (__u64 *)twin;

	words[0] = key->vni;
	words[1] = addresses_word(value->dst, value->src);
	words[2] = ports_word(value->dst_port_be, value->src_port_be, key->protocol) | (__u64)!key->direction << 40;
}

#endif
