using MizarLab.Packets;

namespace MizarLab.Reports;

/// <summary>A frame as decoded fields in wire order, as a page shows them: long payloads cut, remarks behind the value.</summary>
internal static class FrameFields
{
    /// <summary>Longest value shown; whole payloads are in hex where they matter and in the captures always.</summary>
    private const int LongestValue = 44;

    public static IEnumerable<FrameField> Of(byte[] frame) =>
        FrameDecoder.Decode(frame).Select(f => new FrameField(f.Layer, f.Field, Shown(f)));

    public static string Shown(DecodedField field)
    {
        string value = field.Value.Length <= LongestValue ? field.Value : $"{field.Value.AsSpan(0, LongestValue - 1)}…";
        return field.Note is null ? value : $"{value} ({field.Note})";
    }

    /// <summary>A value that says nothing: all zero, or no flag.</summary>
    public static bool SaysNothing(string value) => value == "none" || value.AsSpan().TrimStart('0').TrimStart('x').IndexOfAnyExcept("0.:") < 0;
}
