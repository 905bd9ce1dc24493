/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The frame nearly every frame is: all that the ladders of parse.h and strict.h ask of it, in few wide loads whose differences from what is asked are
 * gathered and looked at once. Sufficient and not necessary: what is not plain walks the ladder, which alone knows what is wrong with it, if anything
 * is. So whatever passes here must pass there; `mizarlab fuzz` holds the two together. Only with strict parsing of standard options, which is what makes
 * the ladders long.
 */
#ifndef MIZAR_PLAIN_H
#define MIZAR_PLAIN_H

#include "flow.h"
#include "strict.h"
#include "switches.h"
#include "wire.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "words are compared as they lie in memory");

/* Of an IPv4 header's first words (IPV4_WORD_TTL is the third). */
#define PLAIN_VERSION_MASK 0x000000ffu
#define PLAIN_LENGTH_SHIFT 16
#define PLAIN_FRAGMENT_MASK 0xff3f0000u /* the offset, and more to come */
#define PLAIN_UDP (IP_PROTOCOL_UDP << 8)
#define PLAIN_CLASS_LAST 0xdf /* first byte of an address of class C; 0 is nobody's */

/* From the outer UDP checksum on: none; a Geneve header of version 0 with 64 bytes of options, neither control nor critical, carrying Ethernet. */
#define PLAIN_GENEVE_AT 40
#define PLAIN_GENEVE_MASK 0x0000ffffc0ffffffull
#define PLAIN_GENEVE 0x0000586500100000ull
#define PLAIN_VNI_MASK 0x00ffffffu

_Static_assert(PLAIN_GENEVE == (0x5865ull << 32 | (__u64)OPTION_WORDS << 16), "Ethernet in Geneve, with all options");

static __always_inline int plain_is_asked(void)
{
	return on(SWITCH_STRICT_PARSING) && on(SWITCH_STANDARD_OPTIONS);
}

/* 1 when a difference, or one of several or'ed together, is negative. */
static __always_inline __u64 is_negative(__u64 difference)
{
	return difference >> 63;
}

static __always_inline __u64 sum_words(const __u32 *word, __be32 dst)
{
	return (__u64)word[0] + word[1] + word[IPV4_WORD_TTL] + word[IPV4_WORD_SRC] + dst;
}

/* Nothing in it that any switch has another opinion on. */
static __always_inline int is_plain_tunnel(const struct encapsulation *head, const void *end, __be32 own_ip)
{
	const struct outer *outer = &head->outer;
	const __u32 *word = (const __u32 *)&outer->ip;
	__u64 datagram, total, ttl, vni, too_small;
	__u32 differs, dst;

	if ((const void *)(head + 1) > end)
		return 0;
	datagram = bpf_ntohs(outer->udp.length_be);
	total = bpf_ntohs(word[0] >> PLAIN_LENGTH_SHIFT);
	ttl = word[IPV4_WORD_TTL] & IPV4_TTL_MASK;
	vni = load32(&outer->geneve.vni_reserved) & PLAIN_VNI_MASK;
	dst = load_dst(&outer->ip);
	differs = (outer->eth.dst[0] & 1) | (outer->eth.type_be ^ ETHER_TYPE_IPV4_BE) | ((word[0] & PLAIN_VERSION_MASK) ^ IP_VERSION_IHL) |
		  (word[1] & PLAIN_FRAGMENT_MASK) | ((word[IPV4_WORD_TTL] & IPV4_PROTOCOL_MASK) ^ PLAIN_UDP) | (dst ^ own_ip) |
		  (outer->udp.dst_port_be ^ GENEVE_PORT_BE) | ((__u32)(datagram + sizeof(struct ipv4)) ^ (__u32)total);
	differs |= ((load32(&outer->rts) ^ OPTION_WORD(OPTION_RTS, 3)) | (load32(&outer->scaled) ^ OPTION_WORD(OPTION_SCALED, 7)) |
		    (load32(&head->pod) ^ OPTION_WORD(OPTION_POD_LABEL, 1)) | (load32(&head->namespace) ^ OPTION_WORD(OPTION_NAMESPACE_LABEL, 1))) &
		   OPTION_WORD_MASK;
	too_small = (ttl - 1) | (vni - 1) | (datagram - LEAST_DATAGRAM) | ((__u64)(end - (const void *)&outer->ip) - total);
	return !(differs | ((*(const __u64 *)((const __u8 *)outer + PLAIN_GENEVE_AT) & PLAIN_GENEVE_MASK) ^ PLAIN_GENEVE) |
		 sum_differs(sum_words(word, dst)) | is_negative(too_small));
}

/*
 * Whether this is a whole packet of UDP, TCP or ICMP without IPv4 options, of which `bytes` are there by the frame's account, from a machine's address of
 * class A, B or C. If so the flow is set, and else it may be too.
 */
static __always_inline int read_plain_packet(const struct ipv4 *ip, const void *end, __u32 bytes, struct flow *flow)
{
	const __u8 *transport = (const void *)(ip + 1);
	const __u32 *word = (const __u32 *)ip;
	__u64 total, segment, ttl, class, offset, too_small;
	__u32 ports = 0, flags = 0, differs, dst;

	if ((const void *)(transport + UDP_BYTES) > end)
		return 0;
	total = bpf_ntohs(word[0] >> PLAIN_LENGTH_SHIFT);
	segment = total - sizeof(*ip);
	ttl = word[IPV4_WORD_TTL] & IPV4_TTL_MASK;
	class = word[IPV4_WORD_SRC] & 0xff;
	dst = load_dst(ip);
	differs = ((word[0] & PLAIN_VERSION_MASK) ^ IP_VERSION_IHL) | (word[1] & PLAIN_FRAGMENT_MASK);
	too_small = (ttl - 1) | (class - 1) | (PLAIN_CLASS_LAST - class) | (bytes - total) | (segment - UDP_BYTES);
	switch (ip->protocol) {
	case IP_PROTOCOL_UDP:
		ports = load32(transport);
		differs |= bpf_ntohs(*(const __be16 *)(transport + UDP_LENGTH_AT)) ^ (__u32)segment;
		break;
	case IP_PROTOCOL_TCP:
		if ((const void *)(transport + TCP_BYTES) > end)
			return 0;
		ports = load32(transport);
		flags = transport[TCP_FLAGS_AT];
		offset = (transport[TCP_OFFSET_AT] >> 4) * 4;
		too_small |= (segment - offset) | (offset - TCP_BYTES);
		break;
	case IP_PROTOCOL_ICMP:
		break;
	default:
		return 0;
	}
	store_flow(flow, word, dst, ports, flags);
	return !(differs | sum_differs(sum_words(word, dst)) | is_negative(too_small));
}

#endif
