using System.Collections.Immutable;

namespace MizarLab.Packets.Layers;

/// <summary>
/// A header as a list of fields, how long it is, and what comes next. A new protocol is a new subclass and one line in
/// <see cref="Protocols"/>; builder, text form, decoder and diff then know it.
/// </summary>
internal abstract class Protocol
{
    /// <summary>The word that begins the layer in the text form.</summary>
    public abstract string Name { get; }

    /// <summary>The layer's name in decoded fields.</summary>
    public virtual string LayerName => Name;

    /// <summary>In wire order. Together they cover every bit of the fixed part.</summary>
    public abstract ImmutableArray<HeaderField> Fields { get; }

    /// <summary>Bytes of the part that <see cref="Fields"/> cover.</summary>
    public abstract int FixedLength { get; }

    /// <summary>The part of variable length behind the fixed one; null when there is none.</summary>
    public virtual OptionForm? Options => null;

    /// <summary>An option between a Geneve base header and the frame it carries.</summary>
    public virtual bool IsGeneveOption => false;

    /// <summary>Has an end of its own: bytes behind it are a trailer.</summary>
    public virtual bool IsDatagram => false;

    /// <summary>Length of the header at the start of <paramref name="bytes"/>, options included; −1 when there is none.</summary>
    public virtual int Measure(ReadOnlySpan<byte> bytes) => bytes.Length >= FixedLength ? FixedLength : -1;

    /// <summary>Of a datagram: its length as it says itself, header included, at most <paramref name="available"/>.</summary>
    public virtual int DatagramLength(ReadOnlySpan<byte> header, int available) => available;

    /// <summary>What follows the header just read; null: bytes that mean nothing to us.</summary>
    public virtual Protocol? Next(ReadOnlySpan<byte> header, ref DissectState state) => null;

    /// <summary>The field of this name; null when there is none.</summary>
    public HeaderField? Field(string name)
    {
        foreach (HeaderField field in Fields)
        {
            if (field.Name == name)
            {
                return field;
            }
        }
        return null;
    }

    /// <summary>Whether this very header has the field: bits can mean different things by its first two bytes (ICMP's type and code).</summary>
    public static bool Has(ReadOnlySpan<byte> header, HeaderField field) =>
        field.When is null || field.When((ulong)(header[0] << 8 | header[1]));
}
