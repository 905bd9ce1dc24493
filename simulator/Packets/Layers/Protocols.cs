using System.Collections.Immutable;

namespace MizarLab.Packets.Layers;

/// <summary>The registry: which protocols there are, and which number of the layer below leads to which.</summary>
internal static class Protocols
{
    public static readonly Protocol Payload = new BytesProtocol("hex", "payload");
    public static readonly Protocol Trailer = new BytesProtocol("trailer", "trailer");
    public static readonly Protocol OptionBytes = new BytesProtocol("option_bytes", "option_bytes", isGeneveOption: true);
    public static readonly Protocol Ethernet = new EthernetProtocol();
    public static readonly Protocol Vlan = new VlanProtocol();
    public static readonly Protocol Arp = new ArpProtocol();
    public static readonly Protocol Ipv4 = new Ipv4Protocol();
    public static readonly Protocol Icmp = new IcmpProtocol();
    public static readonly Protocol Udp = new UdpProtocol();
    public static readonly Protocol Tcp = new TcpProtocol();
    public static readonly Protocol Geneve = new GeneveProtocol();
    public static readonly Protocol Mizar = new MizarProtocol();
    public static readonly Protocol Rts = new RtsProtocol();
    public static readonly Protocol Scaled = new ScaledProtocol();
    public static readonly Protocol PodLabel = new LabelProtocol("pod_label", MizarOptions.PodLabelType);
    public static readonly Protocol NamespaceLabel = new LabelProtocol("ns_label", MizarOptions.NamespaceLabelType);
    public static readonly Protocol Option = new GeneveOptionProtocol();

    /// <summary>All layers with fields, in the order a manual lists them.</summary>
    public static readonly ImmutableArray<Protocol> All =
        [Ethernet, Vlan, Arp, Ipv4, Icmp, Udp, Tcp, Geneve, Mizar, Rts, Scaled, PodLabel, NamespaceLabel, Option];

    private static readonly ImmutableArray<(EtherType Type, Protocol Protocol)> EtherTypes =
    [
        (EtherType.Ipv4, Ipv4),
        (EtherType.Arp, Arp),
        (EtherType.Vlan, Vlan),
        (EtherType.TransparentEthernetBridging, Ethernet),
    ];

    private static readonly ImmutableArray<(IpProtocol Number, Protocol Protocol)> IpProtocols =
        [(IpProtocol.Icmp, Icmp), (IpProtocol.Tcp, Tcp), (IpProtocol.Udp, Udp)];

    private static readonly ImmutableArray<(ushort Port, Protocol Protocol)> UdpPorts = [(GeneveView.UdpPort, Geneve)];

    /// <summary>Mizar's options in RFC 8926's layout: class, type and length must all be right, else it is any other option.</summary>
    private static readonly ImmutableArray<Protocol> MizarRfcOptions = [Rts, Scaled, PodLabel, NamespaceLabel];

    public static Protocol? ByEtherType(EtherType type) => Find(EtherTypes, type);

    public static Protocol? ByIpProtocol(IpProtocol number) => Find(IpProtocols, number);

    public static Protocol? ByUdpPort(ushort port) => Find(UdpPorts, port);

    /// <summary>The EtherType that announces a protocol; null when none does.</summary>
    public static EtherType? EtherTypeOf(Protocol? protocol) => KeyOf(EtherTypes, protocol);

    public static IpProtocol? IpProtocolOf(Protocol? protocol) => KeyOf(IpProtocols, protocol);

    public static ushort? UdpPortOf(Protocol? protocol) => KeyOf(UdpPorts, protocol);

    public static Protocol OfOption(GeneveOptionView option)
    {
        foreach (Protocol protocol in MizarRfcOptions)
        {
            if (option.Class == MizarRfcLayout.Class && option.Length == protocol.FixedLength
                && option.Type == protocol.Field("type")!.Constant)
            {
                return protocol;
            }
        }
        return Option;
    }

    private static Protocol? Find<TKey>(ImmutableArray<(TKey Key, Protocol Protocol)> table, TKey key)
        where TKey : struct
    {
        foreach ((TKey candidate, Protocol protocol) in table)
        {
            if (candidate.Equals(key))
            {
                return protocol;
            }
        }
        return null;
    }

    private static TKey? KeyOf<TKey>(ImmutableArray<(TKey Key, Protocol Protocol)> table, Protocol? protocol)
        where TKey : struct
    {
        foreach ((TKey key, Protocol candidate) in table)
        {
            if (candidate == protocol)
            {
                return key;
            }
        }
        return null;
    }
}
