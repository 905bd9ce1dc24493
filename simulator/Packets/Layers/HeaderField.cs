namespace MizarLab.Packets.Layers;

/// <summary>When a field that was not given is filled in: each phase needs those before it.</summary>
internal enum FillPhase : byte
{
    /// <summary>Constant: already there when the header is made.</summary>
    Constant,

    /// <summary>Follows from what comes next: EtherTypes, protocols, ports.</summary>
    Next,

    /// <summary>Follows from how long things are.</summary>
    Length,

    /// <summary>Follows from all bytes covered; filled from the innermost layer outward.</summary>
    Checksum,
}

/// <summary>The value a field has when it is not given.</summary>
internal delegate ulong FieldRule(in LayerContext layer);

/// <summary>A remark on the value a field has; null when there is nothing to say.</summary>
internal delegate string? FieldRemark(in LayerContext layer, ulong value);

/// <summary>
/// One field of a header: some bits, a name, a form in text, and what it is when nobody says. A header is a list of these that
/// covers every bit; text, decoder, diff and builder all work from that list.
/// </summary>
/// <param name="Name">As in the text form.</param>
/// <param name="Bit">Offset from the header's first, most significant bit.</param>
/// <param name="Width">In bits, at most 48.</param>
/// <param name="Form">How the number is written.</param>
internal sealed record HeaderField(string Name, int Bit, int Width, FieldForm Form)
{
    /// <summary>Written in text also when it has the value it would have anyway.</summary>
    public bool Always { get; init; }

    /// <summary>Value of a new header.</summary>
    public ulong Constant { get; init; }

    public FillPhase Phase { get; init; }

    /// <summary>Set when <see cref="Phase"/> is not constant.</summary>
    public FieldRule? Rule { get; init; }

    /// <summary>Instead of "should be …" where the value is not what the rule says.</summary>
    public FieldRemark? Remark { get; init; }

    /// <summary>Whether this header has the field at all (bits can mean different things); null: always.</summary>
    public Func<ulong, bool>? When { get; init; }

    /// <summary>First byte and number of bytes in the header that hold the field.</summary>
    public (int Offset, int Length) Bytes => (Bit / 8, ((Bit + Width + 7) / 8) - (Bit / 8));

    /// <summary>Largest value that fits.</summary>
    public ulong Maximum => (1UL << Width) - 1;

    public static HeaderField At(string name, int offset, int width, FieldForm form) => new(name, offset * 8, width, form);

    public ulong Read(ReadOnlySpan<byte> header)
    {
        (int offset, int length) = Bytes;
        ulong value = 0;
        foreach (byte octet in header.Slice(offset, length))
        {
            value = value << 8 | octet;
        }
        return value >> (((offset + length) * 8) - Bit - Width) & Maximum;
    }

    /// <summary>Writes the low <see cref="Width"/> bits of <paramref name="value"/> and leaves all other bits.</summary>
    public void Write(Span<byte> header, ulong value)
    {
        (int offset, int length) = Bytes;
        int shift = ((offset + length) * 8) - Bit - Width;
        ulong mask = Maximum << shift;
        ulong bits = (value & Maximum) << shift;
        for (int i = offset + length - 1; i >= offset; i--)
        {
            header[i] = (byte)((header[i] & ~(byte)mask) | (byte)bits);
            mask >>= 8;
            bits >>= 8;
        }
    }

    /// <summary>The value this field would have in this place if nobody gave it; a length that does not fit is cut to the field's width.</summary>
    public ulong Expected(in LayerContext layer) => (Rule is null ? Constant : Rule(layer)) & Maximum;
}
