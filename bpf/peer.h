/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* From VPC to VPC where a peering is declared: a divider of either holds the other's networks, and puts the frame into their VPC. */
#ifndef MIZAR_PEER_H
#define MIZAR_PEER_H

#include "overlay.h"
#include "tables.h"
#include "wire.h"

/* The VPC a network's endpoints are in: the frame's own, or one peered with it. */
static __always_inline __u64 vni_there(const struct overlay *frame, const struct network *network)
{
	return network && network->peer_vni ? network->peer_vni : frame->vni;
}

/* The wire has room for 24 bits. */
static __always_inline void enter_vpc(struct overlay *frame, __u64 vni)
{
	__be32 *at = &frame->outer->geneve.vni_reserved;

	if (vni != frame->vni)
		*at = bpf_htonl((__u32)vni << 8) | (*at & bpf_htonl(0xff));
}

#endif
