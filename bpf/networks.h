/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What dividers ask with nearly every frame, the bouncers of an address's network, without the prefix table, whose walk is some 180 instructions. A droplet's networks have few
 * lengths: mostly one, or, where a network is a set of single addresses, another. So they stand in a flat table (flat.h) too, by VNI, length and network, and a search is one
 * for each length, the longest first. A droplet whose networks have more than four lengths searches its prefix table.
 *
 * harness/Bpf/Codecs/NetworkRows.cs writes both. A row has the network's list of bouncers; of a network of which there is more to know, one that is guarded, or another VPC's, or what lies
 * outside, it has an empty one, and the prefix table has the rest.
 */
#ifndef MIZAR_NETWORKS_H
#define MIZAR_NETWORKS_H

#include <linux/types.h>
#include <bpf/bpf_endian.h>

#include "count.h"
#include "droplet.h"
#include "flat.h"
#include "settings.h"
#include "tables.h"
#include "whole.h"

#ifndef NETWORK_BUCKETS
#define NETWORK_BUCKETS 16384
#endif

#define NETWORK_LENGTHS 4 /* in droplet.network_lengths, a byte each, the longest lowest; one more than the length, and 0 behind the last */
#define NETWORK_LENGTH_MORE 0xff /* in place of the first: there are more */
#define NETWORK_LENGTH_SHIFT 40 /* where a key has such a byte, above the address's word */

WHOLE_TABLE(network_rows, struct flat_bucket, NETWORK_BUCKETS);

_Static_assert(sizeof(struct list) == 16, "a flat table's value");

/* An address's network of this length, as it lies in memory. */
static __always_inline __be32 network_of(__be32 ip, __u32 length)
{
	__u32 mask = 0xffffffff00000000ull >> length; /* the low half; of length 0 it is 0 */

	return ip & bpf_htonl(mask);
}

/* The list of bouncers of an address's network. NULL, when it is in none; or, when `unsure`, is to be looked for in the prefix table. */
static __always_inline struct list *find_bouncers(__u64 vni, __be32 ip, int *unsure)
{
	__u32 lengths = droplet.network_lengths, length;
	struct list *bouncers;

	*unsure = lengths == NETWORK_LENGTH_MORE;
	if (*unsure)
		return NULL;
#pragma unroll
	for (int i = 0; i < NETWORK_LENGTHS; i++) {
		length = lengths & 0xff;
		lengths >>= 8;
		if (!length)
			break;
		count_lookup(1);
		bouncers = flat_near(&network_rows, FLAT_NETWORKS, settings.network_mask, vni,
				     network_of(ip, length - 1) | FLAT_USED | (__u64)length << NETWORK_LENGTH_SHIFT, unsure);
		if (bouncers) {
			*unsure = bouncers->count == 0;
			return bouncers;
		}
		if (*unsure)
			break;
	}
	return NULL;
}

#endif
