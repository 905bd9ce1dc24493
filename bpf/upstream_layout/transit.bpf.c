// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Transit (spec §3.5 to §3.8, §3.9.3) on a droplet's NIC. */
#include "frame.h"
#include "policy.h"

char _license[] SEC("license") = "Dual MIT/GPL";

#define TOS_COST_BIT 0x02

enum { STAGE_TX, STAGE_PASS, STAGE_REDIRECT, STAGE_DROP, STAGE_SCALED };

MAP(BPF_MAP_TYPE_PROG_ARRAY, jmp_table, 100, __u32, __u32);
TRIE(networks_map, 16385, struct network_key, struct network);
MAP(BPF_MAP_TYPE_HASH, vpc_map, 8192, __u64, struct vpc);
MAP(BPF_MAP_TYPE_HASH, endpoints_map, 65537, struct endpoint_key, struct endpoint);
MAP(BPF_MAP_TYPE_HASH, port_map, 65536, struct port_key, struct target_port);
MAP(BPF_MAP_TYPE_ARRAY, interface_config_map, 1, __u32, struct nic);
MAP(BPF_MAP_TYPE_DEVMAP, interfaces_map, 128, __s32, __s32);
MAP(BPF_MAP_TYPE_LRU_HASH, fwd_flow_mod_cache, 50000, struct tuple, struct translation);
MAP(BPF_MAP_TYPE_LRU_HASH, rev_flow_mod_cache, 50000, struct tuple, struct translation);
MAP(BPF_MAP_TYPE_LRU_HASH, ep_host_cache, 50000, struct endpoint_key, struct cached_host);
/* Not ours to write; here because the droplet's shared maps are transit's. */
MAP(BPF_MAP_TYPE_HASH, tx_stats_map, 1, __u32, struct tx_stats);

struct packet {
	struct xdp_md *ctx;
	struct head *head;
	struct eth *inner;
	void *end;
	struct nic *nic;
	__u64 vni;
	struct tuple tuple;
	__be32 original_src;
};

static __always_inline struct endpoint *find(__u64 vni, __be32 ip)
{
	struct endpoint_key key = { .vni = vni, .ip = ip };

	return bpf_map_lookup_elem(&endpoints_map, &key);
}

static __always_inline void learn(struct packet *packet, __be32 src)
{
	struct endpoint_key key = { .vni = packet->vni, .ip = src };
	struct cached_host host = {};

	if (packet->head->rts.type != RTS_TYPE || bpf_map_lookup_elem(&endpoints_map, &key))
		return;
	host.ip = load32(packet->head->rts.ip);
	__builtin_memcpy(host.mac, packet->head->rts.mac, 6);
	bpf_map_update_elem(&ep_host_cache, &key, &host, BPF_ANY);
}

static __always_inline int send_to(struct packet *packet, __be32 next)
{
	struct head *head = packet->head;
	struct endpoint *substrate;

	readdress(&head->ip, next);
	if (head->ip.ttl == 0)
		return XDP_DROP;
	substrate = find(0, next);
	if (!substrate)
		return XDP_DROP;
	set_macs(&head->eth, substrate->mac);
	return head->ip.tos & TOS_COST_BIT ? XDP_PASS : XDP_TX;
}

static __always_inline int route(struct packet *packet, __be32 src, __be32 dst)
{
	struct network_key key = { .prefix_length = 96, .vni = packet->vni, .ip = dst };
	struct network *network = bpf_map_lookup_elem(&networks_map, &key);
	struct endpoint_key to = { .vni = packet->vni, .ip = dst };
	struct cached_host *found = bpf_map_lookup_elem(&ep_host_cache, &to), cached = {};
	__u32 hash = hash_pair(src, dst);
	struct head *head = packet->head;
	struct vpc *vpc;
	__be32 *next;

	if (found)
		cached = *found; /* before the learning, which may write this very entry */
	if (network) {
		learn(packet, src);
		store32(head->rts.ip, head->ip.dst);
		copy_mac(head->rts.mac, head->eth.dst);
	}
	if (found) {
		readdress(&head->ip, cached.ip);
		set_macs(&head->eth, cached.mac);
		return XDP_TX;
	}
	if (network) {
		if (network->vni != packet->vni)
			return XDP_DROP;
		next = pick(network->switches, network->nswitches, hash);
	} else {
		vpc = bpf_map_lookup_elem(&vpc_map, &packet->vni);
		if (!vpc)
			return XDP_DROP;
		next = pick(vpc->routers, vpc->nrouters, hash);
	}
	return next ? send_to(packet, *next) : XDP_DROP;
}

static __always_inline int asks_to_modify(const struct head *head)
{
	return head->scaled.type == SCALED_TYPE && head->scaled.message == MESSAGE_MODIFY;
}

static __always_inline int switch_to(struct packet *packet, __be32 src, __be32 dst, __be32 original_src)
{
	struct endpoint *endpoint = find(packet->vni, dst);

	if (!endpoint)
		return asks_to_modify(packet->head) ? route(packet, dst, src) : route(packet, src, dst);
	copy_mac(packet->inner->dst, endpoint->mac);
	if (endpoint->hosted != HOSTED_ELSEWHERE) {
		__s32 slot = endpoint->hosted;

		learn(packet, original_src);
		if (bpf_xdp_adjust_head(packet->ctx, 50 + options_bytes(packet->head)))
			return XDP_ABORTED;
		return bpf_redirect_map(&interfaces_map, slot, XDP_ABORTED);
	}
	if (endpoint->type == TYPE_SCALED) {
		bpf_tail_call(packet->ctx, &jmp_table, STAGE_SCALED);
		return XDP_DROP;
	}
	return endpoint->nremote ? send_to(packet, endpoint->remote[0]) : XDP_DROP;
}

/* §3.6 row 2. */
static __always_inline int police(struct packet *packet)
{
	struct connection_key reply = { .vni = packet->vni };
	struct labels *labels = (void *)(packet->head + 1);
	__u8 *state;
	int allowed;

	reverse(&reply.tuple, &packet->tuple);
	state = bpf_map_lookup_elem(&conn_track_cache, &reply);
	if (state) {
		allowed = *state & STATE_REEVALUATE ? egress_allows(packet->vni, &reply.tuple) : !(*state & STATE_DENIED);
		return allowed ? GO_ON : XDP_ABORTED;
	}
	if ((void *)(labels + 1) > packet->end || labels->pod.class_be != CLASS_BE || labels->pod.type != POD_TYPE ||
	    labels->namespace.class_be != CLASS_BE || labels->namespace.type != NAMESPACE_TYPE)
		return XDP_ABORTED;
	allowed = ingress_allows(packet->vni, &packet->tuple, load32(labels->pod.id), load32(labels->namespace.id));
	track(packet->vni, &packet->tuple, allowed);
	return allowed ? GO_ON : XDP_ABORTED;
}

/* The bouncer of a service told the client's host what its frames are to become (§3.9.3). */
static __always_inline int modify(struct packet *packet, struct ipv4 *ip)
{
	struct head *head = packet->head;
	struct translation target, back = {};
	struct tuple reply = {};
	__u8 mac[6];
	__be32 sender = head->ip.src;

	__builtin_memcpy(&target, head->scaled.target, sizeof(target));
	bpf_map_update_elem(&fwd_flow_mod_cache, &packet->tuple, &target, BPF_ANY);
	back.src = packet->tuple.dst;
	back.dst = packet->tuple.src;
	back.sport = packet->tuple.dport;
	back.dport = packet->tuple.sport;
	__builtin_memcpy(back.src_mac, packet->inner->dst, 6);
	__builtin_memcpy(back.dst_mac, packet->inner->src, 6);
	translate(ip, packet->end, &packet->tuple, &target);
	reset_rts_option(head);
	reset_scaled_option(head);
	reply.src = target.dst;
	reply.dst = target.src;
	reply.sport = target.dport;
	reply.dport = target.sport;
	reply.protocol = packet->tuple.protocol;
	bpf_map_update_elem(&rev_flow_mod_cache, &reply, &back, BPF_ANY);
	copy_mac(mac, head->eth.src);
	readdress(&head->ip, sender);
	set_macs(&head->eth, mac);
	return XDP_TX;
}

static __always_inline int run_ipv4(struct packet *packet)
{
	struct ipv4 *ip = (void *)(packet->inner + 1);
	struct translation *translation;
	struct endpoint *source;
	int answer = read_tuple(ip, packet->end, &packet->tuple);

	if (answer != GO_ON)
		return answer;
	if (has_ports(packet->tuple.protocol)) {
		answer = police(packet);
		if (answer != GO_ON)
			return answer;
	}
	packet->original_src = packet->tuple.src;
	source = find(packet->vni, packet->tuple.src);
	if (asks_to_modify(packet->head) && source && source->hosted != HOSTED_ELSEWHERE)
		return modify(packet, ip);
	translation = bpf_map_lookup_elem(&rev_flow_mod_cache, &packet->tuple);
	if (translation) {
		translate(ip, packet->end, &packet->tuple, translation);
		copy_mac(packet->inner->src, translation->src_mac);
	}
	return switch_to(packet, packet->tuple.src, packet->tuple.dst, packet->original_src);
}

/* §3.8. */
static __always_inline int run_arp(struct packet *packet)
{
	struct arp *arp = (void *)(packet->inner + 1);
	struct endpoint *target, *substrate;
	__be32 sender_ip, target_ip;

	if ((void *)arp + ARP_FIXED_BYTES > packet->end)
		return XDP_ABORTED;
	if (arp->hardware_be != ARP_HARDWARE_ETHERNET_BE || arp->protocol_be != ETHER_TYPE_IPV4_BE)
		return XDP_DROP;
	if (arp->opcode_be != ARP_REQUEST_BE && arp->opcode_be != ARP_REPLY_BE)
		return XDP_DROP;
	if ((void *)(arp + 1) > packet->end)
		return XDP_ABORTED;
	sender_ip = load32(arp->sender_ip);
	target_ip = load32(arp->target_ip);
	target = find(packet->vni, target_ip);
	if (!target || target->hosted != HOSTED_ELSEWHERE || arp->opcode_be == ARP_REPLY_BE)
		return switch_to(packet, sender_ip, target_ip, sender_ip);
	arp->opcode_be = ARP_REPLY_BE;
	copy_mac(arp->target_mac, arp->sender_mac);
	copy_mac(arp->sender_mac, target->mac);
	store32(arp->sender_ip, target_ip);
	store32(arp->target_ip, sender_ip);
	copy_mac(packet->inner->src, target->mac);
	if (target->type == TYPE_SIMPLE) {
		__be32 host = target->remote[0];

		substrate = find(0, host);
		if (!substrate)
			return XDP_DROP;
		store32(packet->head->rts.ip, host);
		copy_mac(packet->head->rts.mac, substrate->mac);
	} else {
		reset_rts_option(packet->head);
	}
	return switch_to(packet, target_ip, sender_ip, target_ip);
}

/* The ladder of §3.5. */
static __always_inline int run(struct packet *packet)
{
	struct head *head = (void *)(long)packet->ctx->data;
	void *end = (void *)(long)packet->ctx->data_end;

	if ((void *)&head->ip > end)
		return XDP_ABORTED;
	if (head->eth.type_be != ETHER_TYPE_IPV4_BE)
		return XDP_PASS;
	if ((void *)&head->udp > end)
		return XDP_ABORTED;
	if (head->ip.protocol != IP_PROTOCOL_UDP)
		return XDP_PASS;
	if (head->ip.ttl == 0 || head->ip.dst != packet->nic->ip)
		return XDP_DROP;
	if ((void *)&head->geneve > end)
		return XDP_ABORTED;
	if (head->udp.dst_port_be != GENEVE_PORT_BE)
		return XDP_PASS;
	if ((void *)&head->rts > end)
		return XDP_ABORTED;
	if (head->geneve.protocol_be != ETHER_TYPE_TEB_BE)
		return XDP_PASS;
	if ((void *)&head->scaled > end || head->rts.class_be != CLASS_BE)
		return XDP_ABORTED;
	if ((void *)(head + 1) > end || head->scaled.class_be != CLASS_BE)
		return XDP_ABORTED;
	packet->head = head;
	packet->end = end;
	packet->inner = (void *)head + 50 + options_bytes(head);
	if ((void *)(packet->inner + 1) > end)
		return XDP_ABORTED;
	packet->vni = bpf_ntohl(head->geneve.vni_reserved) >> 8;
	return packet->inner->type_be == ETHER_TYPE_ARP_BE ? run_arp(packet) : run_ipv4(packet);
}

SEC("transit")
int _transit(struct xdp_md *ctx)
{
	struct packet packet = { .ctx = ctx };
	__u32 zero = 0;
	int answer;

	packet.nic = bpf_map_lookup_elem(&interface_config_map, &zero);
	if (!packet.nic)
		return XDP_ABORTED; /* cannot be: an ARRAY */
	answer = run(&packet);
	if (answer == XDP_TX)
		answer = bpf_redirect_map(&interfaces_map, packet.nic->slot, XDP_ABORTED);
	if (answer == XDP_PASS)
		bpf_tail_call(ctx, &jmp_table, STAGE_PASS);
	else if (answer == XDP_DROP)
		bpf_tail_call(ctx, &jmp_table, STAGE_DROP);
	else if (answer == XDP_REDIRECT)
		bpf_tail_call(ctx, &jmp_table, STAGE_REDIRECT);
	else if (answer == XDP_TX)
		bpf_tail_call(ctx, &jmp_table, STAGE_TX);
	return answer;
}
