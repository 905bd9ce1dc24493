/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Whose agent a frame came in by. Agents are found by the interface their frames come in by: its low bits name a word, with the interface again and where the
 * agent's row begins. Interfaces that are plugged in one after the other have words of their own; of two that share one, the later stands in a hash beside. Only
 * user space writes (harness/Bpf/Codecs/AgentRows.cs): a row that changes is a new one, and its word names another place.
 */
#ifndef MIZAR_AGENTS_H
#define MIZAR_AGENTS_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "count.h"
#include "settings.h"
#include "tables.h"
#include "whole.h"

#ifndef AGENTS_MAX
#define AGENTS_MAX 1024
#endif
#ifndef AGENT_WORDS
#define AGENT_WORDS 2048
#endif
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
	AGENT_IS_STRAIGHT = 128, /* premium, with a NIC and bouncers, an endpoint that is one machine, and nothing else of all this but policy (straight.h) */
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
	union {
		__u64 sender; /* its MAC, and IPv4's Ethernet type: what stands in its packets behind the destination's MAC */
		__u8 endpoint_mac[6];
	};
	__u8 gateway_mac[6];
	__u16 sum; /* ones'-complement, of what is the same in all its tunnels' IPv4 headers: version, TOS, TTL (SWITCH_OUTER_TTL), protocol, source */
	__be32 gateway;
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
	__u32 burst_bytes;
	__u8 pad[32];
};

/* The one of a droplet that stands first: where nobody has programmed an agent. */
#define AGENT_UNPROGRAMMED 0

_Static_assert(sizeof(struct agent) == 192 && __builtin_offsetof(struct agent, macs) == 64 && __builtin_offsetof(struct agent, bytes_per_second) == 128 && __builtin_offsetof(struct agent, sender) == 40, "harness/Bpf/Codecs");

WHOLE_TABLE(agent_places, __u64, AGENT_WORDS); /* interface, where the row begins << 32 */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, AGENTS_MAX);
	__type(key, __u32);
	__type(value, __u32); /* where the row begins */
} agent_places_more SEC(".maps");

WHOLE_TABLE(agents, struct agent, AGENTS_MAX);

/* Where the row of an agent begins whose word is another's. */
__attribute__((noinline)) __u32 find_agent_beside(__u32 ifindex)
{
	__u32 *begin = bpf_map_lookup_elem(&agent_places_more, &ifindex);

	return begin ? *begin : AGENT_UNPROGRAMMED;
}

/*
 * The agent of an interface, never NULL. One that nobody has programmed is one of zeros, wired like the others: upstream's metadata is an ARRAY (spec §3.2
 * row 1).
 */
static __always_inline struct agent *find_agent_of(__u32 ifindex)
{
	const volatile __u64 *word = whole_at(&agent_places, (ifindex & settings.agent_mask) * sizeof(*word));
	__u64 found = *word;
	__u32 begin;

	count_lookup(1);
	begin = (__u32)found == ifindex ? found >> 32 : find_agent_beside(ifindex);
	if (begin > settings.agent_last)
		begin = AGENT_UNPROGRAMMED; /* cannot be: for the verifier */
	return whole_at(&agents, begin);
}

static __always_inline struct agent *find_agent(struct xdp_md *ctx)
{
	return find_agent_of(ctx->ingress_ifindex);
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

#endif
