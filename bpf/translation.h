/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The tables of a droplet by which traffic leaves VPCs: how it is translated, what the outside may open connections to, and the sessions
 * that are known. harness/Bpf/Codecs has a codec for each. simulator/DataPlane/TranslationTables.cs says what they mean.
 */
#ifndef MIZAR_TRANSLATION_H
#define MIZAR_TRANSLATION_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "count.h"
#include "learned.h"

#ifndef TRANSLATORS_MAX
#define TRANSLATORS_MAX 1024
#endif
#ifndef PORT_FORWARDS_MAX
#define PORT_FORWARDS_MAX 16384
#endif
/* Two a session. */
#ifndef TRANSLATIONS_MAX
#define TRANSLATIONS_MAX 32768
#endif

struct translator {
	__be32 endpoint; /* that stands for the outside */
	__be32 address; /* what packets from inside come from */
	__u16 first_port;
	__u16 last_port;
};

/* No hole: keys are compared as bytes. */
struct port_forward_key {
	__u64 vni;
	__be32 ip;
	__be16 port_be;
	__u8 protocol;
	__u8 pad;
};

struct port_forward {
	__be32 ip;
	__be16 port_be;
	__be16 pad;
};

/* A session in one direction. Of echo requests the identifier is the source port, of replies the destination port; the other is 0. */
struct translation_key {
	__u64 vni;
	__be32 src;
	__be32 dst;
	__be16 src_port_be;
	__be16 dst_port_be;
	__u8 protocol;
	__u8 inbound; /* from the outside */
	__u8 pad[2];
};

/* What its packets become. State and seen are those of the row of what goes out, in the other 0. */
struct translation {
	__be32 src;
	__be32 dst;
	__be16 src_port_be;
	__be16 dst_port_be;
	__u8 state; /* enum nat_state */
	__u8 pad[3];
	__u32 seen; /* ticks, clock.h */
	__u32 pad2;
} __attribute__((aligned(8)));

_Static_assert(sizeof(struct translator) == 12 && sizeof(struct port_forward_key) == 16 && sizeof(struct port_forward) == 8, "harness/Bpf/Codecs");
_Static_assert(sizeof(struct translation_key) == 24 && sizeof(struct translation) == 24, "harness/Bpf/Codecs");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, TRANSLATORS_MAX);
	__type(key, __u64); /* VNI */
	__type(value, struct translator);
} translators SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, PORT_FORWARDS_MAX);
	__type(key, struct port_forward_key);
	__type(value, struct port_forward);
} port_forwards SEC(".maps");

LEARNED_MAPS(translations, TRANSLATIONS_MAX);
LEARNED_TABLE(translations, settings.translation_mask, struct translation_key, struct translation)

static __always_inline struct translator *find_translator(__u64 vni)
{
	return bpf_map_lookup_elem(&translators, &vni);
}

static __always_inline struct translation *find_translation(const struct translation_key *key)
{
	return translations_find(key);
}

#endif
