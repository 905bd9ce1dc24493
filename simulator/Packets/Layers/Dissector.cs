namespace MizarLab.Packets.Layers;

/// <summary>What a protocol needs to know of its place to say what comes next.</summary>
internal ref struct DissectState
{
    /// <summary>What lies behind the header just read, up to the end of the datagram.</summary>
    public ReadOnlySpan<byte> Rest;

    /// <summary>Bytes of <see cref="Rest"/> that are still Geneve options.</summary>
    public int OptionBytes;

    /// <summary>What the Geneve header says comes behind the options.</summary>
    public Protocol? Carried;

    /// <summary>Bytes of Geneve options that are no whole option: passed over as they are.</summary>
    public int SkippedBytes;

    /// <summary>Words before the names of all layers from here on.</summary>
    public string Prefix;

    /// <summary>How many tunnels and quotes deep we are.</summary>
    public int Depth;

    /// <summary>Goes one tunnel or quote deeper, into <paramref name="protocol"/> or payload; null also when that is deeper than anyone means.</summary>
    public Protocol? Enter(string word, Protocol? protocol)
    {
        if (Depth == Dissector.MaximumDepth)
        {
            return null;
        }
        Depth++;
        Prefix += word;
        return protocol;
    }
}

/// <summary>
/// Splits a frame into layers that lie end to end and cover every byte: headers as far as they are understood, then payload,
/// then trailers (bytes behind the end of an IPv4 datagram or ARP packet). Takes any bytes.
/// </summary>
internal static class Dissector
{
    /// <summary>Tunnels in tunnels and quotes in quotes that are followed; deeper ones stay payload.</summary>
    public const int MaximumDepth = 4;

    /// <summary>Layers that are told apart; what comes after is payload. A frame of nothing but VLAN tags meets it.</summary>
    public const int MaximumLayers = 512;

    public static Layer[] Dissect(ReadOnlySpan<byte> frame)
    {
        var layers = new List<Layer>();
        var outer = new Stack<(int End, string Prefix)>();
        int position = 0;
        int end = frame.Length;
        var state = new DissectState { Prefix = "" };
        Protocol? protocol = Protocols.Ethernet;
        while (protocol is not null && layers.Count < MaximumLayers)
        {
            ReadOnlySpan<byte> rest = frame[position..end];
            int length = protocol.Measure(rest);
            if (length < 0)
            {
                break;
            }
            if (protocol.IsDatagram)
            {
                outer.Push((end, state.Prefix));
                end = position + protocol.DatagramLength(rest[..length], rest.Length);
            }
            layers.Add(new Layer(protocol, position, length, end, state.Prefix));
            state.Rest = frame[(position + length)..end];
            state.SkippedBytes = 0;
            protocol = protocol.Next(rest[..length], ref state);
            position += length;
            if (state.SkippedBytes > 0)
            {
                layers.Add(new Layer(Protocols.OptionBytes, position, state.SkippedBytes, end, layers[^1].Prefix));
                position += state.SkippedBytes;
            }
        }
        if (position < end)
        {
            layers.Add(new Layer(Protocols.Payload, position, end - position, end, state.Prefix));
        }
        AddTrailers(layers, outer, end);
        return [.. layers];
    }

    /// <summary>
    /// One trailer for each datagram, innermost first. Those of length 0 are kept where an outer one follows: in text, each closes
    /// the innermost datagram that is open.
    /// </summary>
    private static void AddTrailers(List<Layer> layers, Stack<(int End, string Prefix)> outer, int end)
    {
        while (outer.TryPop(out (int End, string Prefix) around))
        {
            layers.Add(new Layer(Protocols.Trailer, end, around.End - end, around.End, around.Prefix));
            end = around.End;
        }
        while (layers.Count > 0 && layers[^1].Protocol == Protocols.Trailer && layers[^1].Length == 0)
        {
            layers.RemoveAt(layers.Count - 1);
        }
    }
}
