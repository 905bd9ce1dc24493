using System.Buffers.Binary;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>The agent's second half: next hop, the 114 bytes in front, and out (§3.4).</summary>
internal static class Encapsulation
{
    /// <summary>DSCP 10, premium and high: what every packet is until endpoints have classes (§2.2).</summary>
    private const byte PremiumHighTos = 0x28;

    private const byte OptionWords = Wire.OptionBytes / 4;

    /// <param name="source">The inner source, of ARP the sender's address; with <paramref name="destination"/> it makes the hash.</param>
    /// <param name="ttl">The outer TTL.</param>
    public static ProgramResult Run(
        DropletTables tables, AgentId agent, ref Frame frame, Ipv4Address source, Ipv4Address destination, byte ttl)
    {
        // An agent nobody programmed has a configuration of zeros, and with it no bouncers.
        tables.Agents.TryGet(in agent, out AgentConfig config);
        uint hash = MizarHash.OfAddresses(source, destination);
        Reason reason = Reason.DirectPath;
        bool cached = tables.DirectPath.TryUse(new EndpointKey(config.Endpoint.Vni, destination), out CachedHost cachedHost);
        HostAddress next = cachedHost.Host;
        if (!cached)
        {
            if (config.Bouncers.Count == 0)
            {
                return Answer.Drop(Reason.NoBouncers);
            }
            Ipv4Address bouncer = ListPick.AgentBouncer(tables.Settings, config.Bouncers, hash);
            if (!tables.AgentSubstrate.TryGet(new AgentSubstrateKey(agent, new EndpointKey(Vni.Substrate, bouncer)), out MacAddress mac))
            {
                return Answer.Drop(Reason.NoSubstrate);
            }
            next = new HostAddress(bouncer, mac);
            reason = Reason.ToBouncer;
        }

        // In order, what has its place here (§3.4): 3 the MAC override; 4 the endpoint's labels, class and priority.
        int innerLength = frame.Length;
        if (!frame.Push(Wire.Overhead))
        {
            return Answer.Drop(Reason.NoHeadroom);
        }
        Write(frame.Head[..Wire.Overhead], in config, in next, innerLength, ttl, hash);
        if (next.Address == config.NicAddress)
        {
            return Transit.Run(tables, ref frame);
        }

        // A class that is not premium would be passed to the host's bridge here (§3.4 row 8).
        return Answer.Redirect(tables.AgentSlots, Devmap.Agent, PortId.Nic.Value, reason, Reason.NoNicSlot);
    }

    /// <summary>Writes every byte but those that are zero anyway: the headroom comes cleared.</summary>
    private static void Write(Span<byte> head, in AgentConfig config, in HostAddress next, int innerLength, byte ttl, uint hash)
    {
        next.Mac.Write(head[Wire.Ethernet.Destination..]);
        config.NicMac.Write(head[Wire.Ethernet.Source..]);
        Wire.Write16(head, Wire.Ethernet.Type, (int)EtherType.Ipv4);

        Span<byte> ip = head.Slice(Wire.Outer.Ip, Wire.Ipv4.Length);
        ip[Wire.Ipv4.VersionAndLength] = Wire.Ipv4.PlainHeader;
        ip[Wire.Ipv4.Tos] = PremiumHighTos;
        Wire.Write16(ip, Wire.Ipv4.TotalLength, Wire.Overhead - Wire.Outer.Ip + innerLength);
        ip[Wire.Ipv4.Ttl] = ttl;
        ip[Wire.Ipv4.Protocol] = (byte)IpProtocol.Udp;
        config.NicAddress.Write(ip[Wire.Ipv4.Source..]);
        next.Address.Write(ip[Wire.Ipv4.Destination..]);
        OuterHeader.WriteChecksum(ip);

        Span<byte> udp = head.Slice(Wire.Outer.Udp, Wire.Udp.Length);
        Wire.Write16(udp, Wire.Udp.SourcePort, (int)(MizarHash.FirstSourcePort + (hash % MizarHash.SourcePorts)));
        Wire.Write16(udp, Wire.Udp.DestinationPort, Wire.Geneve.Port);
        Wire.Write16(udp, Wire.Udp.DatagramLength, Wire.Overhead - Wire.Outer.Udp + innerLength);

        Span<byte> geneve = head.Slice(Wire.Outer.Geneve, Wire.Geneve.Length);
        geneve[Wire.Geneve.VersionAndOptionWords] = OptionWords;
        Wire.Write16(geneve, Wire.Geneve.Protocol, (int)EtherType.TransparentEthernetBridging);
        BinaryPrimitives.WriteUInt32BigEndian(geneve[Wire.Geneve.Vni..], config.Endpoint.Vni.OnWire << 8);

        WriteOption(head, Wire.Outer.Rts, Wire.Rts.Type, Wire.Rts.Words);
        RtsOption.WriteHost(head, new HostAddress(config.NicAddress, config.NicMac));
        WriteOption(head, Wire.Outer.Scaled, type: 0, words: 0);
        WriteOption(head, Wire.Outer.PodLabel, Wire.Label.PodType, Wire.Label.Words);
        WriteOption(head, Wire.Outer.NamespaceLabel, Wire.Label.NamespaceType, Wire.Label.Words);
    }

    private static void WriteOption(Span<byte> head, int offset, byte type, byte words)
    {
        Wire.Write16(head, offset + Wire.Option.Class, Wire.Option.ClassOnWire);
        head[offset + Wire.Option.Type] = type;
        head[offset + Wire.Option.Words] = words;
    }
}
