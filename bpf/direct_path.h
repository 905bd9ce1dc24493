/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Taking the direct path: the cache's entry for a destination, if it still holds (spec §3.4 row 1, §3.6 router 3). */
#ifndef MIZAR_DIRECT_PATH_H
#define MIZAR_DIRECT_PATH_H

#include "clock.h"
#include "switches.h"
#include "tables.h"

/* Upstream's entries hold until they are evicted (§8.1 P4). */
static __always_inline struct cached_host *use_direct_path(__u64 vni, __be32 ip)
{
	struct cached_host *cached = find_direct_path(vni, ip);

	if (cached && on(SWITCH_DIRECT_PATH_LIFETIME) && age_of(now_ticks(), cached->seen) > settings.direct_path_lifetime)
		return NULL;
	return cached;
}

#endif
