/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Whose agent a frame came in by. */
#ifndef MIZAR_AGENTS_H
#define MIZAR_AGENTS_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "tables.h"

/* NULL is out of the question: a place is in the ARRAY. */
static __always_inline const struct agent *find_agent(struct xdp_md *ctx)
{
	return find_agent_of(ctx->ingress_ifindex);
}

#endif
