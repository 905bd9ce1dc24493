namespace MizarLab.Packets.Layers;

/// <summary>A header (or bytes) that shall become part of a frame, and which of its fields were given.</summary>
internal sealed class PendingLayer
{
    public PendingLayer(Protocol protocol, byte[] bytes)
    {
        Protocol = protocol;
        Bytes = bytes;
        Given = new bool[protocol.Fields.Length];
    }

    /// <summary>A new header with its constants, and with options behind it.</summary>
    public static PendingLayer Header(Protocol protocol, ReadOnlySpan<byte> options)
    {
        byte[] bytes = new byte[protocol.FixedLength + options.Length];
        options.CopyTo(bytes.AsSpan(protocol.FixedLength));
        foreach (HeaderField field in protocol.Fields)
        {
            if (field.Constant != 0)
            {
                field.Write(bytes, field.Constant);
            }
        }
        return new PendingLayer(protocol, bytes);
    }

    public Protocol Protocol { get; }

    public byte[] Bytes { get; private set; }

    /// <summary>By index of the protocol's fields.</summary>
    public bool[] Given { get; }

    public void Set(int field, ulong value)
    {
        Protocol.Fields[field].Write(Bytes, value);
        Given[field] = true;
    }

    /// <summary>Puts options behind the fixed part, in the place of those there were.</summary>
    public void SetOptions(ReadOnlySpan<byte> options)
    {
        byte[] bytes = new byte[Protocol.FixedLength + options.Length];
        Bytes.AsSpan(0, Protocol.FixedLength).CopyTo(bytes);
        options.CopyTo(bytes.AsSpan(Protocol.FixedLength));
        Bytes = bytes;
    }
}

/// <summary>Lays pending layers end to end and fills in the fields nobody gave.</summary>
internal static class FrameAssembly
{
    public static byte[] Assemble(List<PendingLayer> pending)
    {
        byte[] frame = new byte[pending.Sum(static p => p.Bytes.Length)];
        Layer[] layers = Place(pending, frame);
        for (FillPhase phase = FillPhase.Next; phase <= FillPhase.Checksum; phase++)
        {
            // From the innermost outward: an outer checksum covers the inner ones.
            for (int i = layers.Length - 1; i >= 0; i--)
            {
                Fill(frame, layers, i, pending[i].Given, phase);
            }
        }
        return frame;
    }

    private static void Fill(byte[] frame, Layer[] layers, int index, bool[] given, FillPhase phase)
    {
        var context = new LayerContext(frame, layers, index);
        Span<byte> header = frame.AsSpan(layers[index].Offset, layers[index].Length);
        for (int f = 0; f < given.Length; f++)
        {
            HeaderField field = layers[index].Protocol.Fields[f];
            if (!given[f] && field.Phase == phase)
            {
                field.Write(header, field.Expected(context));
            }
        }
    }

    private static Layer[] Place(List<PendingLayer> pending, byte[] frame)
    {
        var layers = new Layer[pending.Count];
        var open = new Stack<int>();
        int offset = 0;
        for (int i = 0; i < layers.Length; i++)
        {
            Protocol protocol = pending[i].Protocol;
            int length = pending[i].Bytes.Length;
            pending[i].Bytes.CopyTo(frame, offset);
            layers[i] = new Layer(protocol, offset, length, frame.Length, "");
            if (protocol.IsDatagram)
            {
                open.Push(i);
            }
            else if (protocol == Protocols.Trailer && open.TryPop(out int datagram))
            {
                for (int inside = datagram; inside < i; inside++)
                {
                    layers[inside] = layers[inside] with { End = Math.Min(layers[inside].End, offset) };
                }
            }
            offset += length;
        }
        return layers;
    }
}
