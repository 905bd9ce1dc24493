namespace MizarLab.Packets;

/// <summary>What stands around an inner frame on the underlay (spec §2.1 to §2.5).</summary>
public readonly record struct MizarTunnel(
    MacAddress DestinationMac, MacAddress SourceMac, Ipv4Address Source, Ipv4Address Destination, Vni Vni, MizarOptions Options)
{
    /// <summary>DSCP 10, premium class and high priority: upstream's default (spec §2.2).</summary>
    public const byte DefaultTos = 0x28;

    public MizarCodec Codec { get; init; } = MizarCodec.FixedLayout;

    public byte Ttl { get; init; } = 64;

    public byte Tos { get; init; } = DefaultTos;

    /// <summary>Outer UDP source port; null: by the hash of the inner addresses, as upstream.</summary>
    public ushort? SourcePort { get; init; }

    /// <summary>
    /// The source port upstream chooses for an inner frame: by its IPv4 addresses, or by an ARP packet's sender and target
    /// (spec §2.3); of any other frame, which upstream does not carry, by 0.0.0.0 twice.
    /// </summary>
    public static ushort SourcePortFor(ReadOnlySpan<byte> innerFrame)
    {
        if (!EthernetView.TryRead(innerFrame, out EthernetView ethernet))
        {
            return MizarHash.SourcePort(Ipv4Address.Any, Ipv4Address.Any);
        }
        if (ethernet.Type == EtherType.Ipv4 && Ipv4View.TryRead(ethernet.Payload, out Ipv4View ip))
        {
            return MizarHash.SourcePort(ip.Source, ip.Destination);
        }
        return ethernet.Type == EtherType.Arp && ArpView.TryRead(ethernet.Payload, out ArpView arp)
            ? MizarHash.SourcePort(arp.SenderAddress, arp.TargetAddress)
            : MizarHash.SourcePort(Ipv4Address.Any, Ipv4Address.Any);
    }
}
