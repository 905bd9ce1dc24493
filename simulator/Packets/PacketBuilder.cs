using MizarLab.Packets.Layers;

namespace MizarLab.Packets;

/// <summary>
/// Builds frames for tests, scenarios, reports and the text form: layers stacked from the outside in. Lengths, checksums and the
/// numbers that announce the next layer are computed when <see cref="ToBytes"/> is called, unless <see cref="Set(string, ulong)"/> gave them.
/// </summary>
/// <example><code>
/// byte[] frame = new PacketBuilder()
///     .Ethernet(destinationMac, sourceMac).Ipv4(source, destination, ttl: 64).Udp(4000, 53).Text("hello").ToBytes();
/// </code></example>
public sealed class PacketBuilder
{
    private readonly List<PendingLayer> layers = [];

    /// <summary>The frame. The builder can go on afterwards.</summary>
    public byte[] ToBytes() => FrameAssembly.Assemble(layers);

    /// <summary>The frame in its text form.</summary>
    public override string ToString() => PacketText.Format(ToBytes());

    public PacketBuilder Ethernet(MacAddress destination, MacAddress source) =>
        Header(Protocols.Ethernet).Set("dst", destination.Value).Set("src", source.Value);

    /// <summary>With the type given instead of computed from what follows.</summary>
    public PacketBuilder Ethernet(MacAddress destination, MacAddress source, EtherType type) =>
        Ethernet(destination, source).Set("type", (ulong)type);

    public PacketBuilder Vlan(ushort id, byte priority = 0, bool dropEligible = false) =>
        Header(Protocols.Vlan).Set("id", id).Set("pcp", priority).Set("dei", dropEligible ? 1u : 0u);

    public PacketBuilder Arp(in ArpPacket packet)
    {
        byte[] bytes = new byte[packet.Length];
        packet.Write(bytes);
        return Exact(Protocols.Arp, bytes);
    }

    public PacketBuilder ArpRequest(MacAddress sender, Ipv4Address senderAddress, Ipv4Address target) =>
        Arp(new ArpPacket(ArpOperation.Request, sender, senderAddress, MacAddress.Zero, target));

    public PacketBuilder ArpReply(MacAddress sender, Ipv4Address senderAddress, MacAddress target, Ipv4Address targetAddress) =>
        Arp(new ArpPacket(ArpOperation.Reply, sender, senderAddress, target, targetAddress));

    /// <param name="source">Source address.</param>
    /// <param name="destination">Destination address.</param>
    /// <param name="ttl">Hops left.</param>
    /// <param name="tos">DSCP and ECN, the whole byte.</param>
    /// <param name="id">Identification.</param>
    /// <param name="flags">Three bits.</param>
    /// <param name="fragmentUnits">Fragment offset in units of eight bytes.</param>
    /// <param name="options">At most 40 bytes; filled with zeros to a multiple of four.</param>
    public PacketBuilder Ipv4(
        Ipv4Address source,
        Ipv4Address destination,
        byte ttl = 64,
        byte tos = 0,
        ushort id = 0,
        Ipv4Flags flags = Ipv4Flags.None,
        ushort fragmentUnits = 0,
        OptionBytes options = default)
    {
        Header(Protocols.Ipv4, options).Set("src", source.Value).Set("dst", destination.Value).Set("ttl", ttl);
        return Set("tos", tos).Set("id", id).Set("flags", (ulong)flags).Set("frag", fragmentUnits);
    }

    public PacketBuilder Icmp(in IcmpHeader header) =>
        Header(Protocols.Icmp).Set("type", (ulong)header.Type).Set("code", header.Code).Set("rest", header.Rest);

    public PacketBuilder EchoRequest(ushort id, ushort sequence) => Icmp(IcmpHeader.EchoRequest(id, sequence));

    public PacketBuilder EchoReply(ushort id, ushort sequence) => Icmp(IcmpHeader.EchoReply(id, sequence));

    public PacketBuilder Udp(ushort sourcePort, ushort destinationPort) =>
        Header(Protocols.Udp).Set("sport", sourcePort).Set("dport", destinationPort);

    public PacketBuilder Tcp(
        ushort sourcePort,
        ushort destinationPort,
        uint sequence,
        uint acknowledgement,
        TcpFlags flags,
        ushort window = 65535,
        OptionBytes options = default)
    {
        Header(Protocols.Tcp, options).Set("sport", sourcePort).Set("dport", destinationPort).Set("seq", sequence);
        return Set("ack", acknowledgement).Set("flags", (ulong)flags).Set("window", window);
    }

    public PacketBuilder Geneve(Vni vni) => Header(Protocols.Geneve).Set("vni", vni.OnWire);

    /// <summary>Mizar's options behind a Geneve header, in either layout.</summary>
    public PacketBuilder Mizar(in MizarOptions options, MizarCodec codec)
    {
        byte[] bytes = new byte[options.LengthIn(codec)];
        options.Write(bytes, codec);
        if (codec == MizarCodec.FixedLayout)
        {
            return Exact(Protocols.Mizar, bytes);
        }
        var walk = new GeneveOptionWalk(bytes);
        int position = 0;
        while (walk.MoveNext())
        {
            Exact(Protocols.OfOption(walk.Current), bytes[position..(position + walk.Current.Length)]);
            position += walk.Current.Length;
        }
        return this;
    }

    /// <summary>Any option of RFC 8926; <paramref name="data"/> is a multiple of four bytes, at most 124.</summary>
    /// <exception cref="ArgumentException">The data has another length.</exception>
    public PacketBuilder GeneveOption(ushort optionClass, byte type, ReadOnlySpan<byte> data)
    {
        if (data.Length % 4 != 0 || data.Length > 124)
        {
            throw new ArgumentException($"a Geneve option's data is a multiple of 4 bytes, at most 124; this is {data.Length}", nameof(data));
        }
        layers.Add(PendingLayer.Header(Protocols.Option, data));
        return Set("class", optionClass).Set("type", type);
    }

    /// <summary>Bytes as they are: a payload, or a whole frame to be carried.</summary>
    public PacketBuilder Bytes(ReadOnlySpan<byte> bytes) => Add(new PendingLayer(Protocols.Payload, bytes.ToArray()));

    /// <summary>Text in UTF-8.</summary>
    public PacketBuilder Text(string text) => Bytes(System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Bytes behind the end of the innermost IPv4 datagram or ARP packet that has no trailer yet: its length does not count them.</summary>
    public PacketBuilder Trailer(ReadOnlySpan<byte> bytes) => Add(new PendingLayer(Protocols.Trailer, bytes.ToArray()));

    /// <summary>A whole frame as an agent or bouncer sends it: underlay headers, Geneve, Mizar's options, and the frame carried.</summary>
    public static PacketBuilder Encapsulate(in MizarTunnel tunnel, ReadOnlySpan<byte> innerFrame) =>
        new PacketBuilder()
            .Ethernet(tunnel.DestinationMac, tunnel.SourceMac)
            .Ipv4(tunnel.Source, tunnel.Destination, tunnel.Ttl, tunnel.Tos)
            .Udp(tunnel.SourcePort ?? MizarTunnel.SourcePortFor(innerFrame), GeneveView.UdpPort)
            .Geneve(tunnel.Vni)
            .Mizar(tunnel.Options, tunnel.Codec)
            .Bytes(innerFrame);

    /// <summary>Gives a field of the last header, by its name in the text form, in place of what would be computed.</summary>
    /// <exception cref="ArgumentException">The last layer has no such field.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The value does not fit.</exception>
    public PacketBuilder Set(string field, ulong value)
    {
        PendingLayer last = layers.Count > 0 ? layers[^1] : throw new ArgumentException("there is no header yet", nameof(field));
        for (int i = 0; i < last.Protocol.Fields.Length; i++)
        {
            if (last.Protocol.Fields[i].Name == field)
            {
                ArgumentOutOfRangeException.ThrowIfGreaterThan(value, last.Protocol.Fields[i].Maximum);
                last.Set(i, value);
                return this;
            }
        }
        throw new ArgumentException($"{last.Protocol.Name} has no field '{field}'", nameof(field));
    }

    internal PacketBuilder Add(PendingLayer layer)
    {
        layers.Add(layer);
        return this;
    }

    private PacketBuilder Header(Protocol protocol, OptionBytes options = default)
    {
        Span<byte> bytes = stackalloc byte[OptionBytes.MaximumLength];
        options.CopyTo(bytes);
        return Add(PendingLayer.Header(protocol, bytes[..options.Length]));
    }

    /// <summary>A header whose every field is given.</summary>
    private PacketBuilder Exact(Protocol protocol, byte[] bytes)
    {
        var layer = new PendingLayer(protocol, bytes);
        Array.Fill(layer.Given, true);
        return Add(layer);
    }
}
