/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What a translator reads of a packet, and how it writes it: simulator/DataPlane/TranslatedPacket.cs in C. Checksums change by the difference (RFC 1624): what was
 * wrong stays wrong. UDP's 0 stays "none", and a sum of 0 is sent as 0xffff.
 */
#ifndef MIZAR_TRANSLATE_H
#define MIZAR_TRANSLATE_H

#include "nat.h"
#include "parse.h"
#include "session.h"
#include "wire.h"

/* No inner packet begins farther behind the frame's begin: underlay headers, 63 words of options, Ethernet. */
#define INNER_AT_MAX (GENEVE_OPTIONS_AT + 252 + sizeof(struct eth))

/* An IPv4 header's 15 words. */
#define TRANSPORT_AT_MAX 60

enum session_kind {
	SESSION_NONE = 0, /* a packet that cannot share an address with others */
	SESSION_KNOWN_ONLY = 1, /* of a session that another packet has begun */
	SESSION_MAY_OPEN = 2,
};

static __always_inline int is_echo(__u8 type)
{
	return type == ICMP_ECHO_REQUEST || type == ICMP_ECHO_REPLY;
}

/* An echo's identifier stands in its requester's place. */
static __always_inline void set_echo(struct translation_key *session, const struct icmp *icmp)
{
	int request = icmp->type == ICMP_ECHO_REQUEST;

	session->src_port_be = request ? icmp->rest_be : 0;
	session->dst_port_be = request ? 0 : icmp->rest_be;
}

/* The session a packet belongs to. */
static __always_inline enum session_kind read_session(struct translation_key *session, __u64 vni, int inbound, struct ipv4 *ip, void *end, const struct flow *flow)
{
	struct icmp *icmp = (void *)ip + flow->transport_at;

	__builtin_memset(session, 0, sizeof(*session));
	session->vni = vni & 0xffffff;
	session->src = flow->src;
	session->dst = flow->dst;
	session->protocol = flow->protocol;
	session->inbound = inbound;
	if (nat_has_ports(flow)) {
		session->src_port_be = flow->src_port_be;
		session->dst_port_be = flow->dst_port_be;
		return SESSION_MAY_OPEN;
	}
	if (flow->protocol != IP_PROTOCOL_ICMP || (void *)(icmp + 1) > end || !is_echo(icmp->type))
		return SESSION_NONE;
	set_echo(session, icmp);
	return icmp->type == ICMP_ECHO_REQUEST ? SESSION_MAY_OPEN : SESSION_KNOWN_ONLY;
}

/* Takes a difference into a checksum; answers the checksum's own. */
static __always_inline __u64 update_checksum(__sum16 *checksum, __u64 difference, int careful)
{
	__u16 old = *checksum, updated;

	if (careful && old == 0)
		return 0;
	updated = ~fold_sum((__u16)~old + difference);
	if (careful && updated == 0)
		updated = 0xffff;
	*checksum = updated;
	return change16(old, updated);
}

/* Writes the addresses; answers their difference, and in `header` that with the checksum's. */
static __always_inline __u64 translate_addresses(struct ipv4 *ip, __be32 src, __be32 dst, __u64 *header)
{
	__u64 addresses = change32(ip->src, src) + change32(ip->dst, dst);

	ip->src = src;
	ip->dst = dst;
	*header = addresses + update_checksum(&ip->checksum, addresses, 0);
	return addresses;
}

/* Makes a packet another session's. Answers the difference of all that was written, which an error about this packet takes into its own checksum. */
static __noinline __attribute__((unused)) __u64 translate_packet(struct ipv4 *ip, void *end, __u32 transport_at, const struct translation *to)
{
	struct udp *ports = (void *)ip + transport_at;
	struct icmp *icmp = (void *)ports;
	__u64 addresses, header, difference;
	__sum16 *checksum;
	__be16 identifier;

	if ((void *)(ip + 1) > end || (void *)(ports + 1) > end)
		return 0; /* cannot be: it was read */
	addresses = translate_addresses(ip, to->src, to->dst, &header);
	if (ip->protocol == IP_PROTOCOL_ICMP) {
		identifier = icmp->type == ICMP_ECHO_REQUEST ? to->src_port_be : to->dst_port_be;
		difference = change16(icmp->rest_be, identifier);
		icmp->rest_be = identifier;
		return header + difference + update_checksum(&icmp->checksum, difference, 0);
	}
	difference = change16(ports->src_port_be, to->src_port_be) + change16(ports->dst_port_be, to->dst_port_be);
	ports->src_port_be = to->src_port_be;
	ports->dst_port_be = to->dst_port_be;
	if (ip->protocol == IP_PROTOCOL_UDP)
		return header + difference + update_checksum(&ports->checksum, addresses + difference, 1);
	checksum = (void *)ports + TCP_CHECKSUM_AT;
	if ((void *)(checksum + 1) > end)
		return header + difference; /* an error quotes no more of it */
	return header + difference + update_checksum(checksum, addresses + difference, 0);
}

/* Whether an ICMP error says enough of a packet to find its session; the session the other way round, as it is looked for. */
static __always_inline int read_quoted(struct translation_key *back, struct ipv4 *ip, struct icmp *error, struct ipv4 *quoted)
{
	struct udp *ports = (void *)(quoted + 1);
	struct icmp *icmp = (void *)ports;

	if (ip->protocol != IP_PROTOCOL_ICMP)
		return 0;
	if (error->type != ICMP_UNREACHABLE && error->type != ICMP_TIME_EXCEEDED && error->type != ICMP_PARAMETER_PROBLEM)
		return 0;
	if (quoted->version_ihl != IP_VERSION_IHL || quoted->fragment_be & IP_FRAGMENT_OFFSET_BE || quoted->src != ip->dst)
		return 0;
	back->src = quoted->dst;
	back->dst = quoted->src;
	back->protocol = quoted->protocol;
	if (quoted->protocol == IP_PROTOCOL_TCP || quoted->protocol == IP_PROTOCOL_UDP) {
		back->src_port_be = ports->dst_port_be;
		back->dst_port_be = ports->src_port_be;
		return 1;
	}
	if (quoted->protocol != IP_PROTOCOL_ICMP || !is_echo(icmp->type))
		return 0;
	back->src_port_be = icmp->type == ICMP_ECHO_REQUEST ? 0 : icmp->rest_be;
	back->dst_port_be = icmp->type == ICMP_ECHO_REQUEST ? icmp->rest_be : 0;
	return 1;
}

/* What the error's packet was sent as goes the other way. */
static __always_inline void turn_round(struct translation *flow)
{
	__be32 ip = flow->src;
	__be16 port_be = flow->src_port_be;

	flow->src = flow->dst;
	flow->dst = ip;
	flow->src_port_be = flow->dst_port_be;
	flow->dst_port_be = port_be;
}

/*
 * An ICMP error goes to whose packet it speaks of, and that packet is made what he sent. From inside it comes from the session's public address, whoever
 * sent it. It renews nothing. 0 when the session is not known. `ip_at` is where its packet begins in the frame, `transport_at` what is behind its header.
 * Global, as all that a program calls of this: the verifier looks at it once.
 */
__noinline int translate_error(struct xdp_md *ctx, __u64 vni, __u32 ip_at, __u32 transport_at, int inbound)
{
	struct session_work *work = find_session_work();
	void *end = (void *)(long)ctx->data_end;
	struct icmp *error;
	struct ipv4 *ip, *quoted;
	__u64 difference, unused;
	__be32 src, dst;

	if (!work || ip_at > INNER_AT_MAX || transport_at > TRANSPORT_AT_MAX)
		return 0;
	ip = (void *)(long)ctx->data + ip_at;
	error = (void *)ip + transport_at;
	quoted = (void *)(error + 1);
	if ((void *)(ip + 1) > end || (void *)(quoted + 1) + sizeof(struct icmp) > end)
		return 0;
	__builtin_memset(&work->session, 0, sizeof(work->session));
	work->session.vni = vni & 0xffffff;
	work->session.inbound = !!inbound;
	if (!read_quoted(&work->session, ip, error, quoted) || !session_find(&work->session, &work->becomes))
		return 0;
	src = inbound ? ip->src : work->becomes.src;
	dst = inbound ? work->becomes.dst : ip->dst;
	turn_round(&work->becomes);
	difference = translate_packet(quoted, end, sizeof(*quoted), &work->becomes);
	update_checksum(&error->checksum, difference, 0);
	translate_addresses(ip, src, dst, &unused);
	return 1;
}

#endif
