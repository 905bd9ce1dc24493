/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What SWITCH_STRICT_PARSING asks of a frame: that its headers do not contradict each other or its length. Upstream reads at fixed offsets what it
 * needs and believes it (spec §3.5). Reserved bits are ignored, as the RFCs say.
 */
#ifndef MIZAR_STRICT_H
#define MIZAR_STRICT_H

#include "switches.h"
#include "wire.h"

#define GENEVE_CONTROL 0x80 /* for the tunnel's end itself */
#define GENEVE_CRITICAL 0x40 /* some option is critical */
#define OPTION_RTS_RETURNED 0xc8 /* the RTS option with the critical bit: sent back */

#define ICMP_BYTES 8
#define SCTP_FIXED_BYTES 12
#define IHL_UNIT 4

/* UDP bytes of the smallest frame of ours: UDP, Geneve, options, an inner Ethernet header. */
#define LEAST_DATAGRAM (sizeof(struct encapsulation) - sizeof(struct eth) - sizeof(struct ipv4) + sizeof(struct eth))

/* An option's first word as it lies in memory, on a little-endian machine; the mask leaves the reserved bits out. */
#define OPTION_WORD(type, words) (0x1101u | (__u32)(type) << 16 | (__u32)(words) << 24)
#define OPTION_WORD_MASK 0x1fffffffu
#define OPTION_WORD_TYPE_CRITICAL 0x00800000u

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "option words are compared whole");

static __always_inline __u64 sum_plain_header(const struct ipv4 *ip)
{
	const __u32 *word = (const __u32 *)ip;

	return (__u64)word[0] + word[1] + word[2] + word[3] + word[4];
}

/* A plain, unfragmented IPv4 header: anything else to the tunnel's port is the host's own affair. */
static __always_inline int is_plain_outer(const struct ipv4 *ip)
{
	return ip->version_ihl == IP_VERSION_IHL && !(ip->fragment_be & (IP_MORE_FRAGMENTS_BE | IP_FRAGMENT_OFFSET_BE));
}

/* Checksum and lengths of a frame known to be ours; it is addressed to one MAC, and has no UDP checksum, for its senders write none. */
static __always_inline int is_outer_sound(const struct outer *outer, const void *end)
{
	__u32 total = bpf_ntohs(outer->ip.length_be), datagram = bpf_ntohs(outer->udp.length_be);

	if (outer->eth.dst[0] & 1 || outer->udp.checksum)
		return 0;
	if (datagram < LEAST_DATAGRAM || datagram + sizeof(struct ipv4) != total)
		return 0;
	if (total > (__u64)(end - (const void *)&outer->ip))
		return 0;
	return !sum_differs(sum_plain_header(&outer->ip));
}

/* Version 0, no control frame, a VPC, and the critical bit exactly on a frame sent back. */
static __always_inline int is_geneve_sound(const struct outer *outer)
{
	__u8 critical = outer->rts.head.type == OPTION_RTS_RETURNED ? GENEVE_CRITICAL : 0;

	if (outer->geneve.version_length & ~GENEVE_LENGTH_MASK)
		return 0;
	if ((outer->geneve.flags & (GENEVE_CONTROL | GENEVE_CRITICAL)) != critical)
		return 0;
	return (outer->geneve.vni_reserved & bpf_htonl(0xffffff00)) != 0;
}

/* The four options, whole and where they belong. A critical option nobody here understands refuses the frame (RFC 8926 §3.5). */
static __always_inline int are_options_sound(const struct encapsulation *head, const void *end)
{
	__u32 rts_mask = OPTION_WORD_MASK;

	if ((head->outer.geneve.version_length & GENEVE_LENGTH_MASK) != OPTION_WORDS || (const void *)(head + 1) > end)
		return 0;
	if (!on(SWITCH_DIRECT_PATH_INVALIDATION) && head->outer.rts.head.type == OPTION_RTS_RETURNED)
		return 0;
	if (!on(SWITCH_STANDARD_OPTIONS))
		return 1;
	rts_mask &= ~OPTION_WORD_TYPE_CRITICAL;
	return (load32(&head->outer.rts) & rts_mask) == OPTION_WORD(0x48, 3) &&
	       (load32(&head->outer.scaled) & OPTION_WORD_MASK) == OPTION_WORD(0x49, 7) &&
	       (load32(&head->pod) & OPTION_WORD_MASK) == OPTION_WORD(0x50, 1) &&
	       (load32(&head->namespace) & OPTION_WORD_MASK) == OPTION_WORD(0x51, 1);
}

/* Addresses that are no single endpoint's: this network's own (0.0.0.0/8), multicast (224.0.0.0/4), broadcast. */
static __always_inline int is_nobodys(__be32 ip)
{
	__u8 first = *(const __u8 *)&ip;

	return first == 0 || first >> 4 == 0xe || ip == 0xffffffff;
}

/* The checksum of a header with options: rare, and out of the way. */
static __noinline int is_long_header_sound(const struct ipv4 *ip, const void *end)
{
	__u32 bytes = (ip->version_ihl & IP_IHL_MASK) * IHL_UNIT;
	__u64 sum = sum_plain_header(ip);
	const __u32 *word = (const void *)(ip + 1);
	int i;

	for (i = 0; i < 10; i++) {
		if (sizeof(*ip) + i * sizeof(*word) >= bytes)
			break;
		if ((const void *)(word + 1) > end)
			return 0;
		sum += *word++;
	}
	return !sum_differs(sum);
}

/* An endpoint's IPv4 header, options and all; `bytes` from it on are the frame's by its own account. */
static __always_inline int is_inner_header_sound(const struct ipv4 *ip, const void *end, __u32 bytes)
{
	__u32 total = bpf_ntohs(ip->length_be), header = (ip->version_ihl & IP_IHL_MASK) * IHL_UNIT;

	if (header > total || total > bytes || ip->ttl == 0 || is_nobodys(ip->src))
		return 0;
	if (ip->version_ihl == IP_VERSION_IHL)
		return !sum_differs(sum_plain_header(ip));
	if (ip->version_ihl >> 4 != 4 || header < sizeof(*ip))
		return 0;
	return is_long_header_sound(ip, end);
}

/* The transport header of a packet whose IPv4 header is sound and which is no later fragment. A first fragment has its own header whole. */
static __always_inline int is_inner_transport_sound(const struct ipv4 *ip, const void *end)
{
	__u32 header = (ip->version_ihl & IP_IHL_MASK) * IHL_UNIT, bytes;
	const __u8 *transport = (const __u8 *)ip + header;
	__s32 segment = (__s32)bpf_ntohs(ip->length_be) - (__s32)header;
	int more = (ip->fragment_be & IP_MORE_FRAGMENTS_BE) != 0;

	switch (ip->protocol) {
	case IP_PROTOCOL_UDP:
		if (segment < UDP_BYTES || (const void *)(transport + UDP_BYTES) > end)
			return 0;
		bytes = bpf_ntohs(*(__be16 *)(transport + 4));
		return more ? bytes >= UDP_BYTES : bytes == (__u32)segment;
	case IP_PROTOCOL_TCP:
		if (segment < TCP_BYTES || (const void *)(transport + TCP_BYTES) > end)
			return 0;
		bytes = (transport[12] >> 4) * 4;
		return bytes >= TCP_BYTES && (more || bytes <= (__u32)segment);
	case 1: /* ICMP */
		return segment >= ICMP_BYTES;
	case IP_PROTOCOL_SCTP:
		return segment >= SCTP_FIXED_BYTES;
	default:
		return 1;
	}
}

/* The lengths ARP states of its addresses, which upstream does not look at. */
static __always_inline int are_arp_lengths_sound(const struct arp *arp, __u32 bytes)
{
	return arp->hardware_length == 6 && arp->protocol_length == 4 && bytes >= sizeof(*arp);
}

#endif
