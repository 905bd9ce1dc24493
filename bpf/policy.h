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

#include "droplet.h"
#include "parse.h"
#include "switches.h"

#ifndef POLICY_SCOPES_MAX
#define POLICY_SCOPES_MAX 8192
#endif
#ifndef POLICY_ROWS_MAX
#define POLICY_ROWS_MAX 65536 /* of ports and of labels; upstream has a million of each. A hash table costs 16 bytes a row before the first is written */
#endif
#ifndef POLICY_CIDRS_MAX
#define POLICY_CIDRS_MAX 1048576 /* a trie costs nothing before */
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
	__uint(max_entries, POLICY_CIDRS_MAX);
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

/* Looked up one after the other. */
union policy_key {
	struct policy_port_key port; /* and of a scope, where there is none */
	struct policy_cidr_key cidr;
	struct policy_label_key label;
};

/* What an evaluation works on, one a CPU: by the time it comes to policy, little is left of a program's 512 bytes of stack. */
struct policy_work {
	struct policy_question question;
	struct policy_bits bits; /* the elements that speak of the packet's port */
	union policy_key key;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct policy_work);
} policy_work SEC(".maps");

static __always_inline int bits_meet(const struct policy_bits *a, const struct policy_bits *b)
{
	return ((a->word[0] & b->word[0]) | (a->word[1] & b->word[1]) | (a->word[2] & b->word[2]) | (a->word[3] & b->word[3])) != 0;
}

static __always_inline void add_bits(struct policy_bits *to, const struct policy_bits *from)
{
	for (int i = 0; i < POLICY_WORDS; i++)
		to->word[i] |= from->word[i];
}

static __always_inline int label_allows(const struct policy_work *work)
{
	struct policy_bits *row = bpf_map_lookup_elem(&policy_labels, &work->key);

	return row && bits_meet(row, &work->bits);
}

static __always_inline int labels_allow(struct policy_work *work)
{
	__u32 pod = work->question.labels.pod, namespace = work->question.labels.namespace;
	struct policy_label_key *key = &work->key.label;

	key->vni = work->question.vni;
	key->local = on(SWITCH_LABELS_PER_ENDPOINT) ? work->question.local : 0;
	key->pod = pod;
	key->namespace = 0;
	key->kind = POLICY_LABEL_POD;
	if (pod && label_allows(work))
		return 1;
	if (!namespace)
		return 0;
	key->pod = 0;
	key->namespace = namespace;
	key->kind = POLICY_LABEL_NAMESPACE;
	if (label_allows(work))
		return 1;
	key->pod = pod;
	key->kind = POLICY_LABEL_BOTH;
	return pod && label_allows(work);
}

static __always_inline int address_allows(struct policy_work *work)
{
	struct policy_cidr_key *key = &work->key.cidr;
	struct policy_cidr *cidr;
	__u64 met = 0;

	key->prefix_length = POLICY_CIDR_LOOKUP_BITS;
	key->vni = work->question.vni;
	key->local = work->question.local;
	key->direction = work->question.direction;
	__builtin_memset(key->pad, 0, sizeof(key->pad));
	key->remote = work->question.remote;
	cidr = bpf_map_lookup_elem(&policy_cidrs, key);
	if (!cidr)
		return 0;
	if (bits_meet(&cidr->primary, &work->bits))
		return 1;
	for (int i = 0; i < POLICY_WORDS; i++)
		met |= cidr->supplementary.word[i] & ~cidr->except.word[i] & work->bits.word[i];
	return met != 0;
}

/* Sets the elements that speak of the packet's port. 0 when policy is not enforced. */
static __always_inline int read_port_elements(struct policy_work *work)
{
	struct policy_port_key *key = &work->key.port;
	struct policy_scope *scope;
	struct policy_bits *exact;

	key->vni = work->question.vni;
	key->local = work->question.local;
	key->direction = work->question.direction;
	key->protocol = 0;
	key->port_be = 0;
	scope = bpf_map_lookup_elem(&policy_scopes, key); /* struct policy_scope_key is the same, without a port */
	if (!work->question.enforced && (!scope || !scope->enforced))
		return 0;
	__builtin_memset(&work->bits, 0, sizeof(work->bits));
	if (scope)
		work->bits = scope->any;
	if (work->question.ports != PORTS_READ)
		return 1;
	key->protocol = work->question.protocol;
	key->port_be = work->question.port_be;
	exact = bpf_map_lookup_elem(&policy_ports, key);
	if (exact)
		add_bits(&work->bits, exact);
	return 1;
}

static __always_inline struct policy_work *find_policy_work(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&policy_work, &zero);
}

/* §3.10, in its order, of the question in policy_work. Not static: the verifier looks at such a function once, and not again on every way to it. */
__noinline int policy_allows(void)
{
	struct policy_work *work = find_policy_work();

	if (!work)
		return 0; /* cannot be: an ARRAY */
	if (!read_port_elements(work))
		return 1;
	if (work->question.direction == POLICY_INGRESS && labels_allow(work))
		return 1;
	return address_allows(work);
}

#endif
