using MizarLab.Packets;

namespace MizarLab.Harness.Conformance;

/// <summary>Says in words where two frames differ: one piece of text a field, expected and got.</summary>
internal static class FrameAccount
{
    /// <summary>Characters of a value shown; payloads are longer.</summary>
    private const int Shown = 64;

    /// <summary>The differences; none only when the frames are equal to the byte.</summary>
    public static IEnumerable<string> Differences(byte[] expected, byte[] got)
    {
        if (expected.AsSpan().SequenceEqual(got))
        {
            yield break;
        }
        if (expected.Length != got.Length)
        {
            yield return $"length: expected {expected.Length} bytes, got {got.Length}";
        }
        bool named = false;
        foreach (DiffRow row in FrameDiff.Compare(expected, got).Where(row => row.Differs))
        {
            named = true;
            yield return $"{row.Layer} {row.Field}: expected {Value(row.Left)}, got {Value(row.Right)}";
        }
        if (!named)
        {
            // Bytes that no field shows: the same values in another coding.
            int at = expected.AsSpan().CommonPrefixLength(got);
            yield return $"bytes from {at} on: expected {Hex(expected, at)}, got {Hex(got, at)}";
        }
    }

    private static string Value(DecodedField? field) =>
        field is null ? "none" : field.Value.Length <= Shown ? field.Value : $"{field.Value.AsSpan(0, Shown)}…";

    private static string Hex(byte[] frame, int from) =>
        from < frame.Length ? Convert.ToHexStringLower(frame, from, Math.Min(Shown / 2, frame.Length - from)) : "none";
}
