namespace MizarLab.Packets;

/// <summary>One field of a decoded frame.</summary>
/// <param name="Layer">Name of the layer: <c>eth</c>, <c>ipv4</c>, <c>geneve</c>, <c>inner eth</c>, <c>quoted ipv4</c>, <c>payload</c>, ….</param>
/// <param name="Field">Name of the field, as in the text form.</param>
/// <param name="Value">Its value, as in the text form; of bytes, all of them.</param>
/// <param name="Offset">Of the first byte that holds it, in the frame.</param>
/// <param name="Length">In bytes; neighbouring bit fields share theirs.</param>
public sealed record DecodedField(string Layer, string Field, string Value, int Offset, int Length)
{
    /// <summary>What is worth saying about the value: a checksum or length that should be another, a checksum that is none; else null.</summary>
    public string? Note { get; init; }

    /// <summary>Value and note.</summary>
    public string Text => Note is null ? Value : $"{Value} ({Note})";
}
