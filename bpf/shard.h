/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Which member of a list a hash picks (spec §4.1): the hash modulo the length, as upstream; Maglev's table, which user space wrote
 * behind the members; or rendezvous, the member whose own hash with the flow's is highest.
 */
#ifndef MIZAR_SHARD_H
#define MIZAR_SHARD_H

#include "hash.h"
#include "settings.h"
#include "switches.h"
#include "tables.h"

/* Upstream hashes the same at every tier, so bouncer i only ever meets divider i (§4.2, §8.1 P29). */
enum tier {
	TIER_AGENT_BOUNCER = 1,
	TIER_DIVIDER = 2,
	TIER_NETWORK_BOUNCER = 3,
	TIER_BACKEND = 4,
};

static __always_inline __u32 hash_for(enum tier tier, __u32 hash)
{
	return on(SWITCH_HASH_PER_TIER) ? hash_pair(hash, tier) : hash;
}

static __always_inline __u8 sharding_of(enum tier tier)
{
	if (FIXED_USUAL)
		return SHARDING_MODULO;
	if (tier == TIER_BACKEND)
		return settings.backend_sharding;
	return tier == TIER_DIVIDER ? settings.divider_sharding : settings.bouncer_sharding;
}

/*
 * Place in `picks` of the member of the highest hash, of equal ones the first. Members of hosts' lists hash by their address. Not static: the verifier
 * looks at such a function once, and not again with every path that calls it.
 */
__noinline __u32 pick_highest(__u32 offset, __u32 count, __u32 hash, int hosts_list)
{
	__u32 best = offset, highest = 0, weight, *member;
	struct host *host;

	for (__u32 i = 0; i < LIST_MAX; i++) {
		if (i >= count)
			break;
		member = pick_at(offset + i);
		if (!member)
			break;
		if (hosts_list) {
			host = find_host(*member);
			if (!host)
				break;
			weight = hash_pair(hash, host->ip);
		} else {
			weight = hash_pair(hash, *member);
		}
		if (i == 0 || weight > highest) {
			highest = weight;
			best = offset + i;
		}
	}
	return best;
}

/*
 * hash % divisor, without the division, which clang makes three instructions and the processor some fifteen cycles: the fraction that the quotient leaves, times the
 * divisor (Lemire, Kaser, Kurz 2019). With 48 bits of it exact for a hash of 32 bits and a divisor of 16, and one product is enough; 0 for a reciprocal of 0, which is that of 1.
 */
static __always_inline __u32 remainder_by(__u32 hash, __u32 divisor, __u64 reciprocal)
{
	__u64 fraction = hash * reciprocal >> 16;

	return fraction * divisor >> 48;
}

/* The member of a list that is not empty, by a hash_for() this tier. A list of one has no table. */
static __always_inline __u32 *pick_hashed(const struct list *list, enum tier tier, __u32 hash)
{
	__u32 at;

	if (sharding_of(tier) == SHARDING_RENDEZVOUS)
		at = pick_highest(list->offset, list->count, hash, tier != TIER_BACKEND);
	else if (sharding_of(tier) == SHARDING_MAGLEV && list->slots)
		at = list->offset + list->count + remainder_by(hash, list->slots, list->reciprocal);
	else
		at = list->offset + remainder_by(hash, list->count, list->reciprocal);
	return pick_at(at);
}

static __always_inline __u32 *pick_member(const struct list *list, enum tier tier, __u32 hash)
{
	return pick_hashed(list, tier, hash_for(tier, hash));
}

/*
 * The host the hash picks, or NULL. Upstream divides by the length without a look at it; BPF's modulo by zero leaves the
 * hash itself, which is then refused as an index beyond the list (§3.6). An index inside it finds the zeros behind the end.
 */
static __always_inline struct host *pick_host(const struct list *list, enum tier tier, __u32 hash)
{
	__u32 *picked;

	if (list->count == 0) {
		if (sharding_of(tier) != SHARDING_MODULO)
			return NULL;
		return hash_for(tier, hash) < LIST_MAX ? find_host(HOST_NONE) : NULL;
	}
	picked = pick_member(list, tier, hash);
	return picked ? find_host(*picked) : NULL;
}

#endif
