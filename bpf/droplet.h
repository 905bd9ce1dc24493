/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What there is one of on a droplet. A variable and not an ARRAY of one: the kernel writes its address into the instruction, where a lookup is ten
 * instructions and a key stored and loaded. All objects of a droplet share it (harness/Bpf/BpfObject.cs); user space writes it through mapped memory
 * (harness/Bpf/Codecs/DropletCell.cs). Programs write `nat_in_use` alone.
 */
#ifndef MIZAR_DROPLET_H
#define MIZAR_DROPLET_H

#include <linux/types.h>
#include <bpf/bpf_helpers.h>

struct interface_config {
	__s32 slot;
	__be32 ip;
	__u8 mac[6];
	__u8 present; /* for readers: a row that is not there is one of zeros to programs (§3.5 row 1) */
	__u8 has_unhealthy_peers;
	__u32 mtu; /* bytes of IP; 0: unknown */
	union {
		struct {
			__u8 has_outside; /* some VPC's traffic leaves it here (outside.h) */
			__u8 has_stages; /* some stage of transit has a program; else nobody tries their slots */
			__u8 has_statistics; /* there is a row of statistics */
			__u8 pad;
		};
		__u32 has_more; /* any of these */
	};
};

/* What is known of all policy on this droplet. */
struct policy_summary {
	__u32 enforced; /* rows of Tables.PolicyEnforced; 0: nobody need look */
	__u32 epoch; /* another one with every write to a policy table; never 0 */
};

enum flat_table {
	FLAT_ENDPOINTS = 0,
	FLAT_PEERS = 1,
	FLAT_SERVICE_PORTS = 2,
	FLAT_NETWORKS = 3,
	FLAT_TABLES = 4,
};

/* A cache line, and a word of the next. */
struct droplet {
	struct interface_config interface;
	struct policy_summary policy;
	/* Whether there was ever an entry of NAT: on most droplets there is none, and nobody looks. Set by whoever writes one, the codecs too. */
	__u32 nat_in_use;
	__u32 network_lengths; /* networks.h */
	/* Of each flat table: how often it was written, and what searches that find nothing in the first bucket can save (flat.h). */
	__u64 flat_states[FLAT_TABLES];
} __attribute__((aligned(64)));

_Static_assert(sizeof(struct interface_config) == 24 && __builtin_offsetof(struct droplet, policy) == 24, "harness/Bpf/Codecs/DropletCell.cs");
_Static_assert(__builtin_offsetof(struct droplet, nat_in_use) == 32 && __builtin_offsetof(struct droplet, flat_states) == 40, "harness/Bpf/Codecs/DropletCell.cs");
_Static_assert(sizeof(struct droplet) == 128, "harness/Bpf/Codecs/DropletCell.cs");

struct droplet droplet SEC(".data.droplet");

#endif
