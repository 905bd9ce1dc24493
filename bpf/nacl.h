/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A VPC's network ACL at its dividers: what goes from network to network is held against the rules of the VPC it comes from, in
 * their order. The first rule that matches decides; none allows. Only frames of guarded networks come here.
 */
#ifndef MIZAR_NACL_H
#define MIZAR_NACL_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "overlay.h"
#include "parse.h"
#include "wire.h"

#define NACL_RULES_MAX 64

#ifndef NACLS_MAX
#define NACLS_MAX 8192
#endif

struct nacl_rule {
	__be32 src;
	__be32 src_mask;
	__be32 dst;
	__be32 dst_mask;
	__u16 first_port; /* as numbers */
	__u16 last_port;
	__u8 protocol; /* 0: any */
	__u8 allows;
	__u8 any_port; /* packets without ports match too */
	__u8 pad;
};

struct nacl {
	__u32 count;
	__u32 pad;
	struct nacl_rule rules[NACL_RULES_MAX];
};

_Static_assert(sizeof(struct nacl_rule) == 24 && sizeof(struct nacl) == 1544, "harness/Bpf/Codecs/NaclCodec.cs");

/* VNI → rules in their order. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, NACLS_MAX);
	__type(key, __u64);
	__type(value, struct nacl);
} nacls SEC(".maps");

static __always_inline int nacl_matches(const struct nacl_rule *rule, const struct flow *flow, __u16 port)
{
	return !((flow->src ^ rule->src) & rule->src_mask) && !((flow->dst ^ rule->dst) & rule->dst_mask) &&
	       (!rule->protocol || rule->protocol == flow->protocol) &&
	       (rule->any_port || (flow->ports == PORTS_READ && port >= rule->first_port && port <= rule->last_port));
}

/* What the VPC's rules say. Not static: the verifier looks at such a function, and its loop, once. */
__noinline int nacl_permits(__u64 vni, const struct flow *flow)
{
	struct nacl *nacl = bpf_map_lookup_elem(&nacls, &vni);
	__u16 port;
	__u32 i;

	if (!nacl || !flow)
		return 1;
	port = bpf_ntohs(flow->dst_port_be);
	for (i = 0; i < NACL_RULES_MAX && i < nacl->count; i++)
		if (nacl_matches(&nacl->rules[i], flow, port))
			return nacl->rules[i].allows;
	return 1;
}

/* Whether the frame may go on. */
static __always_inline int nacl_allows(struct overlay *frame, const struct flow *flow)
{
	struct ipv4 *ip = (void *)(frame->inner + 1);

	if (!frame->is_ipv4 || (void *)(ip + 1) > (void *)(long)frame->ctx->data_end)
		return 1;
	if (ip->src != flow->src)
		return 1; /* on its way back to have its service's address changed */
	return nacl_permits(frame->vni, flow);
}

#endif
