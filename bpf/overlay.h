/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A Geneve frame under way through transit. */
#ifndef MIZAR_OVERLAY_H
#define MIZAR_OVERLAY_H

#include "switches.h"
#include "wire.h"

/* The pointers hold until the frame's length changes. */
struct overlay {
	struct xdp_md *ctx;
	struct outer *outer;
	struct eth *inner;
	__u64 vni;
	__be32 own_ip;
	__u32 inner_bytes; /* of the inner frame, by the frame's own account */
	__be32 original_src; /* before reverse NAT, when is_translated: what the destination's host learns under (§3.7) */
	__u8 is_translated;
	__u8 is_kept; /* reverse NAT changed it; what was sent is kept (as_sent.h) */
	__u8 is_ipv4; /* the inner frame was read as IPv4, not as ARP */
};

/* Bytes of the Geneve options, as the header says: 0 to 252. */
static __always_inline __u32 option_bytes(const struct outer *outer)
{
	return (outer->geneve.version_length & GENEVE_LENGTH_MASK) * 4;
}

/* Length of the inner frame: what lies behind the datagram is carried on and not looked at. */
static __always_inline __u32 inner_bytes(const struct overlay *frame, void *end)
{
	if (on(SWITCH_STRICT_PARSING))
		return bpf_ntohs(frame->outer->udp.length_be) - (GENEVE_OPTIONS_AT - GENEVE_UDP_AT) - option_bytes(frame->outer);
	return end - (void *)frame->inner;
}

#endif
