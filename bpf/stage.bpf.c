// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Upstream's example stages (spec §1.3 row 47): each answers the verdict it is named for and does nothing else, in whatever slot of
 * transit's it stands. They are also the shortest stage there can be: a function of the user's ends its run the same way.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "capture.h"
#include "trace.h"

char _license[] SEC("license") = "Dual MIT/GPL";

SEC("xdp")
int stage_tx(struct xdp_md *ctx)
{
	return captured(ctx, run_end_staged(ctx, XDP_TX));
}

SEC("xdp")
int stage_pass(struct xdp_md *ctx)
{
	return captured(ctx, run_end_staged(ctx, XDP_PASS));
}

SEC("xdp")
int stage_redirect(struct xdp_md *ctx)
{
	return captured(ctx, run_end_staged(ctx, XDP_REDIRECT));
}

SEC("xdp")
int stage_drop(struct xdp_md *ctx)
{
	return captured(ctx, run_end_staged(ctx, XDP_DROP));
}
