/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Whose agent a frame came in by. */
#ifndef MIZAR_AGENTS_H
#define MIZAR_AGENTS_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "tables.h"

/* Upstream's metadata is an ARRAY: an agent nobody has programmed is one of zeros (spec §3.2 row 1), wired like the others. */
static const volatile struct agent unprogrammed = { .links = AGENT_LINKS_USUAL };

static __always_inline const struct agent *find_agent(struct xdp_md *ctx)
{
	__u32 ifindex = ctx->ingress_ifindex;
	const struct agent *agent = bpf_map_lookup_elem(&agents, &ifindex);

	return agent ? agent : (const struct agent *)&unprogrammed;
}

/* Ids are 1 and up. */
static __always_inline int is_programmed(const struct agent *agent)
{
	return agent->id != 0;
}

#endif
