namespace MizarLab.Packets.Layers;

/// <summary>Where one layer lies in a frame.</summary>
/// <param name="Protocol">What it is.</param>
/// <param name="Offset">Of its header in the frame, bytes.</param>
/// <param name="Length">Of its header, options included, bytes.</param>
/// <param name="End">Where what it carries ends: the end of the innermost IPv4 datagram or ARP packet around it, or of the frame.</param>
/// <param name="Prefix">Empty, or words before its name: <c>inner </c>, <c>quoted </c>.</param>
internal readonly record struct Layer(Protocol Protocol, int Offset, int Length, int End, string Prefix)
{
    public string Name => Prefix + Protocol.LayerName;
}

/// <summary>One layer of a frame among the others: what a rule may look at.</summary>
internal readonly ref struct LayerContext(ReadOnlySpan<byte> frame, ReadOnlySpan<Layer> layers, int index)
{
    private readonly ReadOnlySpan<byte> frame = frame;
    private readonly ReadOnlySpan<Layer> layers = layers;

    public Layer Layer => layers[index];

    /// <summary>The header, options included.</summary>
    public ReadOnlySpan<byte> Header => frame.Slice(Layer.Offset, Layer.Length);

    /// <summary>The header and all it carries.</summary>
    public ReadOnlySpan<byte> Whole => frame[Layer.Offset..Layer.End];

    /// <summary>The protocol of the next layer; null behind the last.</summary>
    public Protocol? Next => index + 1 < layers.Length ? layers[index + 1].Protocol : null;

    /// <summary>The protocol of the next layer that is not a Geneve option, and how many option bytes lie before it.</summary>
    public (Protocol? Protocol, int OptionBytes) NextBehindOptions
    {
        get
        {
            int bytes = 0;
            for (int i = index + 1; i < layers.Length; i++)
            {
                if (!layers[i].Protocol.IsGeneveOption)
                {
                    return (layers[i].Protocol, bytes);
                }
                bytes += layers[i].Length;
            }
            return (null, bytes);
        }
    }

    /// <summary>The IPv4 header directly before this layer; false when something else is.</summary>
    public bool TryGetIpv4(out Ipv4View header)
    {
        header = default;
        return index > 0 && layers[index - 1].Protocol is Ipv4Protocol
            && Ipv4View.TryRead(frame[layers[index - 1].Offset..layers[index - 1].End], out header);
    }

    /// <summary>
    /// Whether this layer is not wholly there, so that its lengths and checksums cannot be judged: quoted in an ICMP error, one
    /// fragment of several, or cut off before the datagram's end.
    /// </summary>
    public bool IsPartial =>
        Layer.Prefix.EndsWith("quoted ", StringComparison.Ordinal)
        || (TryGetIpv4(out Ipv4View header) && (header.IsFragment || layers[index - 1].Offset + header.TotalLength > Layer.End));
}
