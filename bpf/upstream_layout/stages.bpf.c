// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Upstream's example stages (spec §1.3 row 47): each answers its verdict and does nothing else. */
#include "layout.h"

char _license[] SEC("license") = "Dual MIT/GPL";

SEC("transit")
int _transit_tx(struct xdp_md *ctx)
{
	(void)ctx;
	return XDP_TX;
}

SEC("transit")
int _transit_pass(struct xdp_md *ctx)
{
	(void)ctx;
	return XDP_PASS;
}

SEC("transit")
int _transit_redirect(struct xdp_md *ctx)
{
	(void)ctx;
	return XDP_REDIRECT;
}

SEC("transit")
int _transit_drop(struct xdp_md *ctx)
{
	(void)ctx;
	return XDP_DROP;
}
