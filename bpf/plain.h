/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The frame nearly every frame is: all that the ladders of parse.h and strict.h ask of it, in few wide loads, each held against what is asked. Sufficient and
 * not necessary: what is not plain walks the ladder, which alone knows what is wrong with it, if anything is. So whatever passes here must pass there; `mizarlab
 * fuzz` holds the two together. Only with strict parsing of standard options, which is what makes the ladders long.
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
#define PLAIN_CLASS_LAST 0xdf /* first byte of an address of class C; 0 is nobody's */

/* By words as they lie in memory. */
#define PLAIN_TYPE_VERSION 0x00450008u /* IPv4 behind Ethernet's other bytes, 20 bytes of header; */
#define PLAIN_TYPE_VERSION_MASK 0x00ffffffu /* the TOS is behind them */
#define PLAIN_OFFSET_PROTOCOL 0x11000000u /* no fragment, then the TTL, then UDP; */
#define PLAIN_OFFSET_PROTOCOL_MASK 0xff00ff3fu
#define PLAIN_TTL_LEFT 0x00fe0000u /* the TTL is two or more */
#define PLAIN_GENEVE 0x00100000u /* no UDP checksum; version 0, 64 bytes of options, no flag */

_Static_assert(PLAIN_GENEVE == (__u32)OPTION_WORDS << 16, "all options");

#define PLAIN_VNI_MASK 0x00ffffffu
#define PLAIN_LENGTHS(first, second) ((__u32)(first) << 16 | (second))

/* Of two lengths in a frame, as they lie there, whether each is the frame's less so many bytes. A frame is of less than 65536. */
static __always_inline int are_lengths(__u16 first_be, __u16 second_be, __u64 bytes, __u32 less)
{
	return bpf_ntohl((__u32)second_be << 16 | first_be) == (__u32)bytes * 0x10001 - less;
}

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

/*
 * A tunnel with nothing in it that any switch has another opinion on, whose lengths are the frame's. One check after the other: each is an instruction or two, and
 * none is taken. `bytes` are the frame's.
 */
static __always_inline int is_plain_tunnel(const struct encapsulation *head, const void *end, __u64 bytes, __be32 own_ip)
{
	const struct outer *outer = &head->outer;
	__u32 fragment_ttl_protocol;
	__u64 sum;

	if ((const void *)(head + 1) + sizeof(struct eth) > end)
		return 0;
	if ((load32(&outer->eth.type_be) & PLAIN_TYPE_VERSION_MASK) != PLAIN_TYPE_VERSION || outer->eth.dst[0] & 1)
		return 0;
	fragment_ttl_protocol = load32(&outer->ip.fragment_be);
	if ((fragment_ttl_protocol & PLAIN_OFFSET_PROTOCOL_MASK) != PLAIN_OFFSET_PROTOCOL || !(fragment_ttl_protocol & PLAIN_TTL_LEFT))
		return 0;
	if (load_dst(&outer->ip) != own_ip)
		return 0;
	if (outer->udp.dst_port_be != GENEVE_PORT_BE || load32(&outer->udp.checksum) != PLAIN_GENEVE || outer->geneve.protocol_be != ETHER_TYPE_TEB_BE)
		return 0;
	if (!(load32(&outer->geneve.vni_reserved) & PLAIN_VNI_MASK))
		return 0;
	if (load32(&outer->rts) != OPTION_WORD(OPTION_RTS, 3) || load32(&outer->scaled) != OPTION_WORD(OPTION_SCALED, 7))
		return 0;
	if (load32(&head->pod) != OPTION_WORD(OPTION_POD_LABEL, 1) || load32(&head->namespace) != OPTION_WORD(OPTION_NAMESPACE_LABEL, 1))
		return 0;
	if (!are_lengths(outer->ip.length_be, outer->udp.length_be, bytes, PLAIN_LENGTHS(sizeof(struct eth), GENEVE_UDP_AT)))
		return 0;
	sum = (__u64)*(const __u16 *)&outer->ip + load32(&outer->ip.length_be) + fragment_ttl_protocol + outer->ip.checksum + load32(&outer->ip.src) + own_ip;
	return !sum_differs(sum);
}

/* Bytes in front of an endpoint's IPv4 header, and of what that carries, in such a tunnel. */
#define PLAIN_IPV4_AT (sizeof(struct encapsulation) + sizeof(struct eth))
#define PLAIN_TRANSPORT_AT (PLAIN_IPV4_AT + sizeof(struct ipv4))

/*
 * Whether a plain tunnel carries a whole packet of UDP, TCP or ICMP without IPv4 options, from a machine's address of class A, B or C, with nothing behind it.
 * `bytes` are the frame's.
 */
static __always_inline int is_plain_inside(const struct encapsulation *head, const void *end, __u64 bytes)
{
	const struct eth *inner = (const void *)(head + 1);
	const __u32 *word = (const void *)(inner + 1);
	const __u8 *transport = (const void *)head + PLAIN_TRANSPORT_AT;
	__u32 first, offset, less = PLAIN_LENGTHS(PLAIN_IPV4_AT, PLAIN_IPV4_AT);
	__u16 length_be, datagram_be;

	if ((const void *)(transport + UDP_BYTES) > end || inner->type_be != ETHER_TYPE_IPV4_BE)
		return 0;
	first = word[0];
	if ((first & PLAIN_VERSION_MASK) != IP_VERSION_IHL || word[1] & PLAIN_FRAGMENT_MASK || !(word[IPV4_WORD_TTL] & IPV4_TTL_MASK))
		return 0;
	if ((word[IPV4_WORD_SRC] & 0xff) - 1 > PLAIN_CLASS_LAST - 1)
		return 0;
	if (sum_differs((__u64)first + word[1] + word[IPV4_WORD_TTL] + word[IPV4_WORD_SRC] + word[IPV4_WORD_DST]))
		return 0;
	length_be = datagram_be = first >> PLAIN_LENGTH_SHIFT;
	switch (((const struct ipv4 *)word)->protocol) {
	case IP_PROTOCOL_UDP:
		datagram_be = *(const __be16 *)(transport + UDP_LENGTH_AT);
		less = PLAIN_LENGTHS(PLAIN_IPV4_AT, PLAIN_TRANSPORT_AT);
		break;
	case IP_PROTOCOL_TCP:
		if ((const void *)(transport + TCP_BYTES) > end)
			return 0;
		offset = (transport[TCP_OFFSET_AT] >> 4) * 4;
		if (offset < TCP_BYTES || offset > bytes - PLAIN_TRANSPORT_AT)
			return 0;
		break;
	case IP_PROTOCOL_ICMP:
		break;
	default:
		return 0;
	}
	return are_lengths(length_be, datagram_be, bytes, less);
}

/* The flow of a packet that is_plain_inside() has seen. */
static __always_inline void read_plain_flow(const struct ipv4 *ip, const void *end, struct flow *flow)
{
	const __u8 *transport = (const void *)(ip + 1);
	__u32 ports = 0, flags = 0;

	if ((const void *)(transport + UDP_BYTES) > end)
		return; /* cannot be */
	if (ip->protocol != IP_PROTOCOL_ICMP)
		ports = load32(transport);
	if (ip->protocol == IP_PROTOCOL_TCP && (const void *)(transport + TCP_BYTES) <= end)
		flags = transport[TCP_FLAGS_AT];
	store_flow(flow, (const __u32 *)ip, ip->dst, ports, flags);
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
