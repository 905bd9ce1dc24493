namespace MizarLab.Packets;

/// <summary>How Mizar's four options are laid out on the wire.</summary>
public enum MizarCodec : byte
{
    /// <summary>As upstream: 64 bytes at fixed offsets, class bytes 11 01, lengths that a reset zeroes (<see cref="MizarFixedLayout"/>).</summary>
    FixedLayout,

    /// <summary>As RFC 8926 wants: class 0x0111, true lengths, absent when idle (<see cref="MizarRfcLayout"/>).</summary>
    Rfc8926,
}

/// <summary>"Return to sender": the host a receiver may send to directly (spec §2.5, option 1).</summary>
/// <param name="Host">Underlay address of the sender's droplet.</param>
/// <param name="Mac">MAC of that droplet's NIC.</param>
/// <param name="MatchFlow">Reserved by upstream for a cache by flow; always false there.</param>
public readonly record struct RtsOption(Ipv4Address Host, MacAddress Mac, bool MatchFlow = false);

/// <summary>What a bouncer asks the client's droplet to do with a scaled endpoint's flow (spec §2.5, option 2). Ports are numbers.</summary>
public readonly record struct ScaledOption(
    Ipv4Address Source, Ipv4Address Destination, ushort SourcePort, ushort DestinationPort, MacAddress InnerSource, MacAddress InnerDestination)
{
    /// <summary>The message type "modify", ASCII M: the only one there is.</summary>
    public const byte Modify = 0x4D;
}

/// <summary>
/// What Mizar's four options say, whichever way they are laid out. A null <see cref="Rts"/> is one that was reset, a null
/// <see cref="Scaled"/> one that is idle; label ids are 0 when there are none.
/// </summary>
public readonly record struct MizarOptions(RtsOption? Rts, ScaledOption? Scaled, uint PodLabel, uint NamespaceLabel)
{
    public const byte RtsType = 0x48;
    public const byte ScaledType = 0x49;
    public const byte PodLabelType = 0x50;
    public const byte NamespaceLabelType = 0x51;

    /// <summary>What an agent writes: its own host to return to, nothing else.</summary>
    public static MizarOptions ReturnTo(Ipv4Address host, MacAddress mac) => new(new RtsOption(host, mac), null, 0, 0);

    /// <summary>Bytes these options take in <paramref name="codec"/>.</summary>
    public int LengthIn(MizarCodec codec) => codec == MizarCodec.FixedLayout ? MizarFixedLayout.Length : MizarRfcLayout.LengthOf(this);

    /// <summary>Writes the options; <paramref name="destination"/> must hold <see cref="LengthIn"/> bytes.</summary>
    public void Write(Span<byte> destination, MizarCodec codec)
    {
        if (codec == MizarCodec.FixedLayout)
        {
            MizarFixedLayout.Write(this, destination);
        }
        else
        {
            MizarRfcLayout.Write(this, destination);
        }
    }

    /// <summary>Reads the options behind a Geneve base header in the layout they are in.</summary>
    /// <param name="geneve">A view of the base header with all that follows.</param>
    /// <param name="options">What they say; default on failure.</param>
    /// <param name="codec">Which layout they were in.</param>
    /// <returns>False when the classes are wrong in the fixed layout, or the TLVs run over the end or a Mizar option's length is wrong.</returns>
    public static bool TryParse(GeneveView geneve, out MizarOptions options, out MizarCodec codec)
    {
        codec = geneve.HasMizarLayout ? MizarCodec.FixedLayout : MizarCodec.Rfc8926;
        return codec == MizarCodec.FixedLayout
            ? MizarFixedLayout.TryParse(geneve.FixedOptions, out options)
            : MizarRfcLayout.TryParse(geneve.Options, out options);
    }
}
