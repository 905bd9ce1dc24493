/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Network policy (spec §3.10): of an endpoint and a direction, rule elements, a bit each. A packet is allowed when one element has
 * both its port and its peer. Few lookups: the elements for any port stand with the enforcement, and the three kinds of prefixes
 * in one trie, each row with what the longest prefix of every kind says of its addresses (harness/Bpf/Codecs/PolicyCidrCodec.cs
 * keeps that so). harness/Bpf/Codecs writes these maps; programs only read them.
 */
#ifndef MIZAR_POLICY_H
#define MIZAR_POLICY_H

#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

#include "parse.h"
#include "switches.h"

#ifndef POLICY_SCOPES_MAX
#define POLICY_SCOPES_MAX 8192
#endif
#ifndef POLICY_ROWS_MAX
#define POLICY_ROWS_MAX 1048576 /* of each of the other tables; nothing is allocated before it is written */
#endif

enum policy_direction {
	POLICY_EGRESS = 0,
	POLICY_INGRESS = 1,
};

enum policy_label {
	POLICY_LABEL_POD = 0,
	POLICY_LABEL_NAMESPACE = 1,
	POLICY_LABEL_BOTH = 2,
};

#define POLICY_WORDS 4

/* A set of rule elements. */
struct policy_bits {
	__u64 word[POLICY_WORDS];
};

/* What is known of all policy on this droplet. */
struct policy_summary {
	__u32 enforced; /* rows of Tables.PolicyEnforced; 0: nobody need look */
	__u32 epoch; /* another one with every write to a policy table; never 0 */
};

struct policy_scope_key {
	__u64 vni;
	__be32 local;
	__u8 direction;
	__u8 pad[3];
};

struct policy_scope {
	struct policy_bits any; /* the elements for any port */
	__u8 enforced;
	__u8 rows; /* which rows of the lab's tables are in this one; harness/Bpf/Codecs/PolicyScopes.cs */
	__u8 pad[6];
};

struct policy_port_key {
	__u64 vni;
	__be32 local;
	__u8 direction;
	__u8 protocol;
	__be16 port_be;
};

struct policy_cidr_key {
	__u32 prefix_length; /* the 128 bits up to the remote address, and its own */
	__u64 vni;
	__be32 local;
	__u8 direction;
	__u8 pad[3];
	__be32 remote;
} __attribute__((packed, aligned(4)));

#define POLICY_CIDR_LOOKUP_BITS 160

struct policy_cidr {
	struct policy_bits primary;
	struct policy_bits supplementary;
	struct policy_bits except;
	__u8 own; /* the kinds this prefix has a row of, a bit each; the others' bits are a shorter prefix's */
	__u8 pad[7];
};

struct policy_label_key {
	__u64 vni;
	__be32 local; /* 0.0.0.0 without SWITCH_LABELS_PER_ENDPOINT (§8.1 P16) */
	__u32 pod;
	__u32 namespace;
	__u32 kind;
};

_Static_assert(sizeof(struct policy_scope_key) == 16 && sizeof(struct policy_port_key) == 16, "keys without holes");
_Static_assert(sizeof(struct policy_cidr_key) == 24 && sizeof(struct policy_label_key) == 24, "keys without holes");
_Static_assert(sizeof(struct policy_scope) == 40 && sizeof(struct policy_cidr) == 104, "harness/Bpf/Codecs");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct policy_summary);
} policy_summary SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, POLICY_SCOPES_MAX);
	__type(key, struct policy_scope_key);
	__type(value, struct policy_scope);
} policy_scopes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, POLICY_ROWS_MAX);
	__type(key, struct policy_port_key);
	__type(value, struct policy_bits);
} policy_ports SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, POLICY_ROWS_MAX);
	__type(key, struct policy_cidr_key);
	__type(value, struct policy_cidr);
} policy_cidrs SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, POLICY_ROWS_MAX);
	__type(key, struct policy_label_key);
	__type(value, struct policy_bits);
} policy_labels SEC(".maps");

/* The label ids a sender's frame carries; 0 is none. */
struct labels {
	__u32 pod;
	__u32 namespace;
};

/* What is asked of an endpoint's policy; `local` is the endpoint, `remote` who it talks with. */
struct policy_question {
	__u64 vni;
	__be32 local;
	__be32 remote;
	struct labels labels;
	__be16 port_be; /* the destination's */
	__u8 protocol;
	__u8 direction;
	__u8 ports; /* of struct flow: with PORTS_LACKING only elements for any port can speak of it */
	__u8 enforced; /* known to be; else the table is asked */
};

static __always_inline int bits_meet(const struct policy_bits *a, const struct policy_bits *b)
{
	return ((a->word[0] & b->word[0]) | (a->word[1] & b->word[1]) | (a->word[2] & b->word[2]) | (a->word[3] & b->word[3])) != 0;
}

static __always_inline void add_bits(struct policy_bits *to, const struct policy_bits *from)
{
	for (int i = 0; i < POLICY_WORDS; i++)
		to->word[i] |= from->word[i];
}

static __always_inline struct policy_scope *find_policy_scope(const struct policy_question *question)
{
	struct policy_scope_key key = { .vni = question->vni, .local = question->local, .direction = question->direction };

	return bpf_map_lookup_elem(&policy_scopes, &key);
}

static __always_inline struct policy_bits *find_policy_port(const struct policy_question *question)
{
	struct policy_port_key key = { .vni = question->vni, .local = question->local, .direction = question->direction };

	key.protocol = question->protocol;
	key.port_be = question->port_be;
	return bpf_map_lookup_elem(&policy_ports, &key);
}

static __always_inline struct policy_cidr *find_policy_cidr(const struct policy_question *question)
{
	struct policy_cidr_key key = { .prefix_length = POLICY_CIDR_LOOKUP_BITS, .vni = question->vni, .local = question->local };

	key.direction = question->direction;
	key.remote = question->remote;
	return bpf_map_lookup_elem(&policy_cidrs, &key);
}

static __always_inline int label_allows(const struct policy_question *question, enum policy_label kind, __u32 pod, __u32 namespace,
					const struct policy_bits *bits)
{
	struct policy_label_key key = { .vni = question->vni, .pod = pod, .namespace = namespace, .kind = kind };
	struct policy_bits *row;

	if (on(SWITCH_LABELS_PER_ENDPOINT))
		key.local = question->local;
	row = bpf_map_lookup_elem(&policy_labels, &key);
	return row && bits_meet(row, bits);
}

static __always_inline int labels_allow(const struct policy_question *question, const struct policy_bits *bits)
{
	__u32 pod = question->labels.pod, namespace = question->labels.namespace;

	if (pod && label_allows(question, POLICY_LABEL_POD, pod, 0, bits))
		return 1;
	if (namespace && label_allows(question, POLICY_LABEL_NAMESPACE, 0, namespace, bits))
		return 1;
	return pod && namespace && label_allows(question, POLICY_LABEL_BOTH, pod, namespace, bits);
}

static __always_inline int address_allows(const struct policy_question *question, const struct policy_bits *bits)
{
	struct policy_cidr *cidr = find_policy_cidr(question);
	struct policy_bits left;

	if (!cidr)
		return 0;
	if (bits_meet(&cidr->primary, bits))
		return 1;
	for (int i = 0; i < POLICY_WORDS; i++)
		left.word[i] = cidr->supplementary.word[i] & ~cidr->except.word[i];
	return bits_meet(&left, bits);
}

/* §3.10, in its order. */
static __always_inline int policy_allows(const struct policy_question *question)
{
	struct policy_scope *scope = find_policy_scope(question);
	struct policy_bits bits = {}, *exact;

	if (!question->enforced && (!scope || !scope->enforced))
		return 1;
	if (scope)
		bits = scope->any;
	if (question->ports == PORTS_READ) {
		exact = find_policy_port(question);
		if (exact)
			add_bits(&bits, exact);
	}
	if (question->direction == POLICY_INGRESS && labels_allow(question, &bits))
		return 1;
	return address_allows(question, &bits);
}

static __always_inline const struct policy_summary *find_policy_summary(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&policy_summary, &zero);
}

#endif
